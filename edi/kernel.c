/* The hot loops, each in one pass: what numpy does in a dozen. Loaded by native.py with ctypes; nothing else knows it.

   Every array is allocated by the caller, large enough for the worst case; native.py and scanning/compiled.py tell how large. */
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { DATA, COMPONENT, REPETITION, ELEMENT, SEGMENT, RELEASE, BLANK };
enum { BLOCK = 64, WIDE = 16 };           /* octets looked at together; octets copied together */
enum { SLOTS = 1024, TAGS = 512, LONGEST_TAG = 7, MOST_WANTED = 8, MOST_SPECIAL = 8, NEWLINE = 8 };

/* Raised with every change to what follows, here and in native.py: a kernel left over from another version is not used. */
int64_t crossfoot_version(void)
{
    return 3;
}

/* The first position from at on where one of the tags (three octets each) stands, -1 where none does. */
int64_t crossfoot_find(const uint8_t *in, int64_t n, int64_t at, const uint8_t *tags, int64_t count)
{
    int64_t i = at;
#ifdef __SSE2__
    __m128i wanted[3 * MOST_WANTED];
    for (int64_t t = 0; t < 3 * count; t++)
        wanted[t] = _mm_set1_epi8((char)tags[t]);
    for (; i + WIDE + 2 <= n; i += WIDE) {
        __m128i first = _mm_loadu_si128((const __m128i *)(in + i));
        __m128i second = _mm_loadu_si128((const __m128i *)(in + i + 1));
        __m128i third = _mm_loadu_si128((const __m128i *)(in + i + 2));
        __m128i found = _mm_setzero_si128();
        for (int64_t t = 0; t < count; t++) {
            __m128i here = _mm_and_si128(_mm_cmpeq_epi8(first, wanted[3 * t]), _mm_cmpeq_epi8(second, wanted[3 * t + 1]));
            found = _mm_or_si128(found, _mm_and_si128(here, _mm_cmpeq_epi8(third, wanted[3 * t + 2])));
        }
        int mask = _mm_movemask_epi8(found);
        if (mask)
            return i + __builtin_ctz((unsigned)mask);
    }
#endif
    for (; i + 2 < n; i++)
        for (int64_t t = 0; t < count; t++)
            if (in[i] == tags[3 * t] && in[i + 1] == tags[3 * t + 1] && in[i + 2] == tags[3 * t + 2])
                return i;
    return -1;
}

/* The octets that mean something. */
struct special {
    int count;
#ifdef __SSE2__
    __m128i wide[MOST_SPECIAL];
#endif
};

/* Which of the next octets, at most a block of them, mean something. */
static inline uint64_t meaning(const uint8_t *in, int64_t left, const uint8_t *role, const struct special *special)
{
    uint64_t mask = 0;
#ifdef __SSE2__
    if (left >= BLOCK && special->count <= MOST_SPECIAL) {
        for (int part = 0; part < BLOCK / WIDE; part++) {
            __m128i text = _mm_loadu_si128((const __m128i *)(in + WIDE * part));
            __m128i found = _mm_setzero_si128();
            for (int s = 0; s < special->count; s++)
                found = _mm_or_si128(found, _mm_cmpeq_epi8(text, special->wide[s]));
            mask |= (uint64_t)(unsigned)_mm_movemask_epi8(found) << (WIDE * part);
        }
        return mask;
    }
#endif
    (void)special;
    for (int64_t i = 0; i < left && i < BLOCK; i++)
        if (role[in[i]] != DATA && role[in[i]] != BLANK)
            mask |= (uint64_t)1 << i;
    return mask;
}

/* Codes of tags, in the order in which they are first met. */
struct tags {
    uint64_t key[SLOTS]; /* 0 is free */
    int32_t code[SLOTS];
    int32_t known; /* -1: there are too many, or one is too long */
};

static inline int32_t tag_code(struct tags *tags, const uint8_t *text, int64_t length)
{
    if (length > LONGEST_TAG)
        return -1;
    uint64_t key = (uint64_t)length + 1;
    for (int64_t i = 0; i < length; i++)
        key = key << 8 | text[i];
    uint64_t slot = key * UINT64_C(0x9E3779B97F4A7C15) >> 54;
    while (tags->key[slot] && tags->key[slot] != key)
        slot = (slot + 1) % SLOTS;
    if (!tags->key[slot]) {
        if (tags->known == TAGS)
            return -1;
        tags->key[slot] = key;
        tags->code[slot] = tags->known;
    }
    return tags->code[slot];
}

/* Tokenises. False where something does not fit: rooms has how many values, segments, empty segments and needless releases may
   be written; out has room for n and a copy's width.
   role: of each of the 256 octets. guard: ascending pairs of positions between which everything is data.
   out and offsets: the text of all values, and where each begins and ends in it; kinds: what ends each.
   codes: of the tag of each segment; firsts: the segment where each code is met first.
   count: what was written: values, segments, empty segments, needless releases, octets, codes (-1: too many, there are none). */
int64_t crossfoot_scan(const uint8_t *restrict in, int64_t n, const uint8_t *restrict role,
                    const int64_t *restrict guard, int64_t guards, uint8_t *restrict out, int32_t *restrict offsets,
                    uint8_t *restrict kinds, int64_t *restrict start, int64_t *restrict end, int64_t *restrict empty,
                    int64_t *restrict needless, int32_t *restrict codes, int64_t *restrict firsts,
                       const int64_t *restrict rooms, int64_t *restrict count)
{
    int64_t values = 0, segments = 0, empties = 0, idle = 0, written = 0, g = 0;
    int64_t committed = 0; /* values up to the last terminator: what follows it is no segment */
    int64_t i = 0, skip = 0, began;
    int64_t next_guard = guards ? guard[0] : n;
    struct tags tags;
    struct special special = {0};

    memset(&tags, 0, sizeof tags);
    for (int octet = 0; octet < 256; octet++) {
        if (role[octet] == DATA || role[octet] == BLANK)
            continue;
#ifdef __SSE2__
        if (special.count < MOST_SPECIAL)
            special.wide[special.count] = _mm_set1_epi8((char)octet);
#endif
        special.count++;
    }
    while (i < n && role[in[i]] == BLANK)
        i++;
    began = i;
    offsets[0] = 0;
    for (int64_t base = 0; base < n; base += BLOCK) {
        uint64_t mask = meaning(in + base, n - base, role, &special);
        for (; mask; mask &= mask - 1) {
            int64_t p = base + __builtin_ctzll(mask);
            if (p < skip)
                continue; /* released, or in a range where everything is data */
            if (p >= next_guard) {
                while (g < guards && guard[2 * g + 1] <= p)
                    g++;
                next_guard = g < guards ? guard[2 * g] : n;
                if (p >= next_guard) {
                    skip = guard[2 * g + 1];
                    continue;
                }
            }
            uint8_t what = role[in[p]];
            if (values == rooms[0] || segments == rooms[1] || empties == rooms[2] || idle == rooms[3])
                return 0;
            if (what == SEGMENT && p == began) {
                empty[empties++] = p;
            } else {
                int64_t length = p - i;
                if (length <= WIDE && i + WIDE <= n)
                    memcpy(out + written, in + i, WIDE); /* out has room for that behind its end */
                else
                    memcpy(out + written, in + i, (size_t)length);
                written += length;
                if (what == RELEASE) {
                    i = p + 1;
                    skip = p + 2;
                    if (i < n && (role[in[i]] == DATA || role[in[i]] == BLANK))
                        needless[idle++] = p;
                    continue;
                }
                kinds[values] = what;
                offsets[++values] = (int32_t)written;
                if (what == SEGMENT) {
                    if (tags.known >= 0) {
                        int32_t from = offsets[committed];
                        int32_t code = tag_code(&tags, out + from, offsets[committed + 1] - from);
                        if (code == tags.known)
                            firsts[tags.known++] = segments;
                        if (code < 0)
                            tags.known = -1;
                        codes[segments] = code;
                    }
                    start[segments] = began;
                    end[segments++] = p + 1;
                    committed = values;
                }
            }
            i = p + 1;
            if (what == SEGMENT) {
                while (i < n && role[in[i]] == BLANK)
                    i++;
                began = i;
            }
        }
    }
    count[0] = committed;
    count[1] = segments;
    count[2] = empties;
    count[3] = idle;
    count[4] = offsets[committed];
    count[5] = tags.known;
    return 1;
}

/* How many values end a repetition, an element and a segment: what the next one needs room for. */
void crossfoot_count(const uint8_t *restrict kinds, int64_t n, int64_t *restrict counts)
{
    int64_t repeats = 0, elements = 0, segments = 0;
    for (int64_t v = 0; v < n; v++) {
        repeats += kinds[v] >= REPETITION;
        elements += kinds[v] >= ELEMENT;
        segments += kinds[v] == SEGMENT;
    }
    counts[0] = repeats;
    counts[1] = elements;
    counts[2] = segments;
}

/* Where the repetitions, elements and segments begin that values end: indices of values, repetitions and elements.
   Each array has room for its count and two more: what is written too often is cheaper than a branch that nobody can foresee. */
void crossfoot_levels(const uint8_t *restrict kinds, int64_t n, int64_t *restrict repeat_first, int64_t *restrict element_first,
                      int64_t *restrict segment_first)
{
    int64_t repeats = 0, elements = 0, segments = 0;
    repeat_first[0] = element_first[0] = segment_first[0] = 0;
    for (int64_t v = 0; v < n; v++) {
        uint8_t what = kinds[v];
        repeat_first[repeats + 1] = v + 1;
        repeats += what >= REPETITION;
        element_first[elements + 1] = repeats;
        elements += what >= ELEMENT;
        segment_first[segments + 1] = elements;
        segments += what == SEGMENT;
    }
}

/* The shape of each value in an octet: its length, as far as there is room for it, and what ends it.
   long_at: which values are that long or longer. Returns how many those are. */
int64_t crossfoot_shapes(const int32_t *restrict offsets, const uint8_t *restrict kinds, int64_t n, int64_t longest,
                         uint8_t *restrict shapes, int64_t *restrict long_at)
{
    int64_t found = 0;
    for (int64_t v = 0; v < n; v++) {
        int64_t length = offsets[v + 1] - offsets[v];
        if (length >= longest) {
            long_at[found++] = v;
            length = longest;
        }
        shapes[v] = (uint8_t)(length << 3 | kinds[v]);
    }
    return found;
}

/* Numbers segments: the stretch that each lies in (-1: in none), and its place in it from 1 (0: in none).
   bounds: first segment and stop of each stretch, ascending, none overlapping. before: segments of the first stretch in earlier parts. */
void crossfoot_number(const int64_t *restrict bounds, int64_t stretches, int64_t before, int64_t n, int64_t *restrict stretch,
                      int64_t *restrict ordinal)
{
    int64_t s = 0;
    for (int64_t t = 0; t < stretches; t++) {
        for (; s < bounds[2 * t]; s++) {
            stretch[s] = -1;
            ordinal[s] = 0;
        }
        for (int64_t place = t ? 1 : 1 + before; s < bounds[2 * t + 1]; s++) {
            stretch[s] = t;
            ordinal[s] = place++;
        }
    }
    for (; s < n; s++) {
        stretch[s] = -1;
        ordinal[s] = 0;
    }
}

/* Looks at what stands between segments that follow one another in one interchange; before the first one too, where it goes on.
   style and width: of what is usual in each interchange, in NEWLINE octets; width is -1 where the first one is to tell.
   Returns the first segment before which something else stands, -1 where there is none. */
int64_t crossfoot_gaps(const uint8_t *restrict in, const int64_t *restrict start, const int64_t *restrict end,
                       const int64_t *restrict interchange, int64_t n, int64_t goes_on, uint8_t *restrict style,
                       int64_t *restrict width)
{
    for (int64_t s = goes_on ? 0 : 1; s < n; s++) {
        int64_t mine = interchange[s], from = s ? end[s - 1] : 0;
        if (mine < 0 || (s && mine != interchange[s - 1]))
            continue;
        int64_t gap = start[s] - from;
        if (width[mine] < 0) {
            width[mine] = gap < NEWLINE ? gap : NEWLINE;
            memcpy(style + NEWLINE * mine, in + from, (size_t)width[mine]);
        }
        if (gap != width[mine] || memcmp(in + from, style + NEWLINE * mine, (size_t)gap))
            return s;
    }
    return -1;
}

/* The index arrays of a table; a level in which every group has one member is NULL. */
struct levels {
    const int64_t *segment_first, *element_first, *repeat_first;
};

/* The value at element, repetition and component of a segment, -1 where there is none. */
static inline int64_t value_at(const struct levels *levels, int64_t segment, const int64_t *place)
{
    if (segment < 0)
        return -1;
    int64_t at = levels->segment_first[segment] + place[0];
    if (at >= levels->segment_first[segment + 1])
        return -1;
    const int64_t *below[2] = {levels->element_first, levels->repeat_first};
    for (int level = 0; level < 2; level++) {
        if (!below[level]) {
            if (place[level + 1])
                return -1;
            continue;
        }
        int64_t stop = below[level][at + 1];
        at = below[level][at] + place[level + 1];
        if (at >= stop)
            return -1;
    }
    return at;
}

/* One value of each segment: the first of some places, or where there is a code the first whose qualifier is that.
   places: for each choice element, repetition and component of the value, then of its qualifier; from 0.
   code_length: -1 where there is no code. size: octets of the text. valid is Arrow's bitmap, all zero at first.
   What does not fit into the room of out is only counted.
   Returns how many octets there are, and in nulls how many values are not there. */
int64_t crossfoot_gather(const int64_t *restrict segments, int64_t n, const int64_t *restrict places, int64_t choices,
                         const uint8_t *restrict code, int64_t code_length, const int64_t *segment_first,
                         const int64_t *element_first, const int64_t *repeat_first, const int32_t *restrict edges,
                         const uint8_t *restrict text, int64_t size, uint8_t *restrict out, int64_t room,
                         int32_t *restrict offsets, uint8_t *restrict valid, int64_t *restrict nulls)
{
    const struct levels levels = {segment_first, element_first, repeat_first};
    int64_t written = 0, absent = 0;

    offsets[0] = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t v = -1;
        if (code_length < 0) {
            v = value_at(&levels, segments[i], places);
        } else {
            for (int64_t c = 0; c < choices; c++) {
                int64_t q = value_at(&levels, segments[i], places + 6 * c + 3);
                if (q >= 0 && edges[q + 1] - edges[q] == code_length && !memcmp(text + edges[q], code, (size_t)code_length)) {
                    v = value_at(&levels, segments[i], places + 6 * c);
                    break;
                }
            }
        }
        int64_t length = v < 0 ? 0 : edges[v + 1] - edges[v];
        if (length) {
            if (written + length <= room) {
                if (length <= WIDE && written + WIDE <= room && edges[v] + WIDE <= size)
                    memcpy(out + written, text + edges[v], WIDE);
                else
                    memcpy(out + written, text + edges[v], (size_t)length);
            }
            written += length;
            valid[i >> 3] |= (uint8_t)(1 << (i & 7));
        } else {
            absent++;
        }
        offsets[i + 1] = (int32_t)written;
    }
    *nulls = absent;
    return written;
}

/* Text to decimals of 128 bits: an optional minus, digits, and a point with digits behind it; beyond the scale only zeros.
   valid: Arrow's bitmap of the text from bit first_bit on, or NULL. bad: 1 where the text is no such number. */
void crossfoot_decimals(const uint8_t *restrict text, const int32_t *restrict edges, const uint8_t *restrict valid, int64_t first_bit,
                        int64_t n, int64_t precision, int64_t scale, uint8_t *restrict out, uint8_t *restrict bad)
{
    for (int64_t i = 0; i < n; i++) {
        __int128 value = 0;
        memset(out + 16 * i, 0, 16);
        bad[i] = 0;
        if (valid && !(valid[(first_bit + i) >> 3] >> ((first_bit + i) & 7) & 1))
            continue;
        const uint8_t *at = text + edges[i], *stop = text + edges[i + 1];
        int negative = at < stop && *at == '-';
        int64_t whole = 0, fraction = 0;
        int digits = 0, ok = 1;
        for (at += negative; at < stop && *at >= '0' && *at <= '9'; at++) {
            digits = 1;
            if (whole || *at != '0')
                whole++;
            if (whole <= precision - scale)
                value = value * 10 + (*at - '0');
        }
        ok = whole <= precision - scale;
        if (at < stop && *at == '.') {
            for (at++; at < stop && *at >= '0' && *at <= '9'; at++) {
                digits = 1;
                if (fraction < scale) {
                    value = value * 10 + (*at - '0');
                    fraction++;
                } else if (*at != '0') {
                    ok = 0;
                }
            }
        }
        if (at < stop || !digits || !ok) {
            bad[i] = 1;
            continue;
        }
        for (; fraction < scale; fraction++)
            value *= 10;
        value = negative ? -value : value;
        memcpy(out + 16 * i, &value, 16);
    }
}
