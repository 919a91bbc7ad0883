/* The hot loops, each in one pass: what numpy does in a dozen. Loaded by native.py with ctypes; nothing else knows it.

   Every array is allocated by the caller, large enough for the worst case; native.py and scanning/compiled.py tell how large. */
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { DATA, COMPONENT, REPETITION, ELEMENT, SEGMENT, RELEASE, BLANK };
enum { BLOCK = 64, WIDE = 16 };           /* octets looked at together; octets copied together */
enum { SLOTS = 1024, TAGS = 512, LONGEST_TAG = 7, MOST_WANTED = 8, MOST_SPECIAL = 8, MOST_SUMMED = 255, NEWLINE = 8 };

/* Raised with every change to what follows, here and in native.py: a kernel left over from another version is not used. */
int64_t crossfoot_version(void)
{
    return 5;
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
    uint8_t role[MOST_SPECIAL];
#endif
};

static struct special special_of(const uint8_t *role)
{
    struct special special = {0};
    for (int octet = 0; octet < 256; octet++) {
        if (role[octet] == DATA || role[octet] == BLANK)
            continue;
#ifdef __SSE2__
        if (special.count < MOST_SPECIAL) {
            special.wide[special.count] = _mm_set1_epi8((char)octet);
            special.role[special.count] = role[octet];
        }
#endif
        special.count++;
    }
    return special;
}

#ifdef __SSE2__
/* Adds up sixteen small numbers. */
static inline int64_t sum(__m128i numbers)
{
    __m128i halves = _mm_sad_epu8(numbers, _mm_setzero_si128());
    return _mm_cvtsi128_si32(halves) + _mm_extract_epi16(halves, 4);
}
#endif

/* How many octets end a value, end a segment, and release: so much room, and not more, the scan may need. */
void crossfoot_marks(const uint8_t *restrict in, int64_t n, const uint8_t *restrict role, int64_t *restrict counts)
{
    int64_t met[BLANK + 1] = {0}, i = 0;
#ifdef __SSE2__
    const struct special special = special_of(role);
    if (special.count <= MOST_SPECIAL) {
        while (i + WIDE <= n) {
            __m128i found[MOST_SPECIAL];
            int64_t stop = n - i < WIDE * MOST_SUMMED ? n : i + WIDE * MOST_SUMMED;
            for (int s = 0; s < special.count; s++)
                found[s] = _mm_setzero_si128();
            for (; i + WIDE <= stop; i += WIDE) {
                __m128i text = _mm_loadu_si128((const __m128i *)(in + i));
                for (int s = 0; s < special.count; s++)
                    found[s] = _mm_sub_epi8(found[s], _mm_cmpeq_epi8(text, special.wide[s]));
            }
            for (int s = 0; s < special.count; s++)
                met[special.role[s]] += sum(found[s]);
        }
    }
#endif
    for (; i < n; i++)
        met[role[in[i]]]++;
    counts[0] = met[COMPONENT] + met[REPETITION] + met[ELEMENT] + met[SEGMENT];
    counts[1] = met[SEGMENT];
    counts[2] = met[RELEASE];
}

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

/* Copies a text, a short one with what follows it as far as there is room behind both ends: a call costs more than the octets. */
static inline void copy(uint8_t *restrict out, int64_t room, const uint8_t *restrict in, int64_t left, int64_t length)
{
    if (length <= WIDE && WIDE <= room && WIDE <= left)
        memcpy(out, in, WIDE);
    else if (length <= 2 * WIDE && 2 * WIDE <= room && 2 * WIDE <= left)
        memcpy(out, in, 2 * WIDE);
    else
        memcpy(out, in, (size_t)length);
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
    uint64_t key = (uint64_t)(length + 1) << 8 * LONGEST_TAG;
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t octets;
    memcpy(&octets, text, sizeof octets); /* there is room behind the text */
    key |= octets & (((uint64_t)1 << 8 * length) - 1);
#else
    for (int64_t i = 0; i < length; i++)
        key |= (uint64_t)text[i] << 8 * i;
#endif
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

/* Tokenises. There is room for as many values, segments and needless releases as crossfoot_marks counts, and for one segment more,
   and as many empty ones; out has room for n and a copy's width.
   role: of each of the 256 octets. guard: ascending pairs of positions between which everything is data.
   out and offsets: the text of all values, and where each begins and ends in it; kinds: what ends each.
   codes: of the tag of each segment; firsts: the segment where each code is met first.
   values_before: of each segment, and of what would follow the last one.
   count: what was written: values, segments, empty segments, needless releases, octets, codes (-1: too many, there are none);
   and how many values end no element. */
void crossfoot_scan(const uint8_t *restrict in, int64_t n, const uint8_t *restrict role,
                    const int64_t *restrict guard, int64_t guards, uint8_t *restrict out, int32_t *restrict offsets,
                    uint8_t *restrict kinds, int64_t *restrict start, int64_t *restrict end, int64_t *restrict empty,
                    int64_t *restrict needless, int32_t *restrict codes, int64_t *restrict firsts,
                    int64_t *restrict values_before, int64_t *restrict count)
{
    int64_t values = 0, segments = 0, empties = 0, idle = 0, written = 0, g = 0;
    int64_t parts = 0;     /* values that end no element */
    int64_t committed = 0; /* values up to the last terminator: what follows it is no segment */
    int64_t i = 0, skip = 0, began;
    int64_t next_guard = guards ? guard[0] : n;
    const int releases = memchr(role, RELEASE, 256) != NULL; /* whether a release character can occur */
    const struct special special = special_of(role);
    struct tags tags;

    memset(&tags, 0, sizeof tags);
    while (i < n && role[in[i]] == BLANK)
        i++;
    began = i;
    offsets[0] = 0;
    values_before[0] = 0;
    for (int64_t base = 0; base < n; base += BLOCK) {
        uint64_t mask = meaning(in + base, n - base, role, &special);
        /* Most blocks have neither a guard nor a release character, and room behind them. */
        const int careful = releases || base < skip || base + BLOCK > next_guard;
        const int roomy = base + BLOCK + 2 * WIDE <= n;
        for (; mask; mask &= mask - 1) {
            int64_t p = base + __builtin_ctzll(mask);
            if (careful) {
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
            }
            uint8_t what = role[in[p]];
            int64_t length = p - i;
            if (what == SEGMENT && p == began) {
                empty[empties++] = p;
            } else {
                if (roomy && length <= WIDE)
                    memcpy(out + written, in + i, WIDE);
                else
                    copy(out + written, n + WIDE - written, in + i, n - i, length);
                written += length;
                if (what == RELEASE) {
                    i = p + 1;
                    skip = p + 2;
                    if (i < n && (role[in[i]] == DATA || role[in[i]] == BLANK))
                        needless[idle++] = p;
                    continue;
                }
                kinds[values] = what;
                parts += what < ELEMENT;
                offsets[++values] = (int32_t)written;
                if (what != SEGMENT) {
                    i = p + 1;
                    continue;
                }
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
                values_before[segments] = committed = values;
            }
            i = p + 1;
            while (i < n && role[in[i]] == BLANK)
                i++;
            began = i;
        }
    }
    count[0] = committed;
    count[1] = segments;
    count[2] = empties;
    count[3] = idle;
    count[4] = offsets[committed];
    count[5] = tags.known;
    count[6] = parts;
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

/* Where the segments of pieces that were put behind one another lie in their files.
   pieces: five columns of count each: where each piece begins here, its file, its first octet and its end there, and its interchange.
   start and end: of each segment, here; a segment belongs to the last piece that does not begin behind it. */
void crossfoot_places(const int64_t *restrict pieces, int64_t count, const int64_t *restrict start, const int64_t *restrict end,
                      int64_t n, int64_t *restrict file, int64_t *restrict found, int64_t *restrict first, int64_t *restrict stop)
{
    const int64_t *here = pieces, *files = here + count, *begin = files + count, *last = begin + count, *founds = last + count;
    int64_t s = 0;

    for (int64_t p = 0; p < count; p++) {
        int64_t moved = begin[p] - here[p], next = p + 1 < count ? here[p + 1] : INT64_MAX;
        for (; s < n && start[s] < next; s++) {
            file[s] = files[p];
            found[s] = founds[p];
            first[s] = start[s] + moved;
            stop[s] = end[s] + moved < last[p] ? end[s] + moved : last[p];
        }
    }
}

/* Whether two short texts are equal: of a few octets, a call costs more than the comparison. */
static inline int same(const uint8_t *one, const uint8_t *other, int64_t length)
{
    int64_t at = 0;
    while (at < length && one[at] == other[at])
        at++;
    return at == length;
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
        if (gap != width[mine] || !same(in + from, style + NEWLINE * mine, gap))
            return s;
    }
    return -1;
}

/* The index arrays of a table; a level in which every group has one member is NULL. */
struct levels {
    const int64_t *segment_first, *element_first, *repeat_first;
};

/* A column to gather: the first of some places, or where there is a code the first whose qualifier is that.
   places: for each choice element, repetition and component of the value, then of its qualifier; from 0.
   code_length is -1 where there is no code. out has room for so many octets; what does not fit is only counted, in written.
   valid is Arrow's bitmap, all zero at first; nulls is how many values are not there. Pointers are integers, so that numpy
   can hold the whole. */
struct column {
    int64_t places, choices, code, code_length, out, room, offsets, valid, nulls, written;
};

/* The value at element, repetition and component of a segment whose elements are first to stop, -1 where there is none. */
static inline int64_t value_at(const struct levels *levels, int64_t first, int64_t stop, const int64_t *place)
{
    int64_t at = first + place[0];
    if (at >= stop)
        return -1;
    if (levels->element_first) {
        stop = levels->element_first[at + 1];
        at = levels->element_first[at] + place[1];
        if (at >= stop)
            return -1;
    } else if (place[1]) {
        return -1;
    }
    if (levels->repeat_first) {
        stop = levels->repeat_first[at + 1];
        at = levels->repeat_first[at] + place[2];
        if (at >= stop)
            return -1;
    } else if (place[2]) {
        return -1;
    }
    return at;
}

/* Columns of values of the same segments; of a segment below 0 nothing is there. size: octets of the text. */
void crossfoot_gather(const int64_t *restrict segments, int64_t n, struct column *columns, int64_t count,
                      const int64_t *segment_first, const int64_t *element_first, const int64_t *repeat_first,
                      const int32_t *edges, const uint8_t *text, int64_t size)
{
    const struct levels levels = {segment_first, element_first, repeat_first};

    for (struct column *column = columns; column < columns + count; column++)
        *(int32_t *)(intptr_t)column->offsets = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t segment = segments[i];
        int64_t first = segment < 0 ? 0 : segment_first[segment], stop = segment < 0 ? 0 : segment_first[segment + 1];
        for (struct column *column = columns; column < columns + count; column++) {
            const int64_t *place = (const int64_t *)(intptr_t)column->places;
            int64_t v = -1;
            if (column->code_length < 0) {
                v = value_at(&levels, first, stop, place);
            } else {
                const uint8_t *code = (const uint8_t *)(intptr_t)column->code;
                for (int64_t c = 0; c < column->choices; c++, place += 6) {
                    int64_t q = value_at(&levels, first, stop, place + 3);
                    if (q >= 0 && edges[q + 1] - edges[q] == column->code_length && same(text + edges[q], code, column->code_length)) {
                        v = value_at(&levels, first, stop, place);
                        break;
                    }
                }
            }
            int64_t written = column->written, from = v < 0 ? 0 : edges[v], length = v < 0 ? 0 : edges[v + 1] - from;
            if (length) {
                uint8_t *out = (uint8_t *)(intptr_t)column->out + written, *valid = (uint8_t *)(intptr_t)column->valid;
                if (written + length <= column->room)
                    copy(out, column->room - written, text + from, size - from, length);
                valid[i >> 3] |= (uint8_t)(1 << (i & 7));
                column->written = written + length;
            } else {
                column->nulls++;
            }
            ((int32_t *)(intptr_t)column->offsets)[i + 1] = (int32_t)column->written;
        }
    }
}

static inline int is_white(uint8_t octet)
{
    return octet == ' ' || (octet >= 9 && octet <= 13) || (octet >= 28 && octet <= 31);
}

/* Text to counts: at most so many digits with white space around them, -1 where there is something else or nothing.
   Returns 0 where an octet beyond ASCII is met: what is white space there, others know. */
int64_t crossfoot_counts(const uint8_t *restrict text, const int32_t *restrict edges, int64_t n, int64_t most_digits,
                         int64_t *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t first = edges[i], stop = edges[i + 1], value = 0;
        for (int64_t at = first; at < stop; at++)
            if (text[at] >= 0x80)
                return 0;
        while (first < stop && is_white(text[first]))
            first++;
        while (first < stop && is_white(text[stop - 1]))
            stop--;
        out[i] = -1;
        if (first == stop || stop - first > most_digits)
            continue;
        while (first < stop && text[first] >= '0' && text[first] <= '9')
            value = value * 10 + (text[first++] - '0');
        if (first == stop)
            out[i] = value;
    }
    return 1;
}

/* How many of some ascending numbers are less than each key, or at most as large. Keys mostly ascend: from the last answer the
   step doubles until the next one is passed. */
void crossfoot_ranks(const int64_t *restrict among, int64_t m, const int64_t *restrict keys, int64_t n, int64_t with_equals,
                     int64_t *restrict out)
{
    int64_t rank = 0; /* all before it are passed */
    for (int64_t i = 0; i < n; i++) {
        int64_t key = keys[i] - !with_equals, step = 1; /* what is passed is at most this */
        if (rank && among[rank - 1] > key)
            rank = 0;
        while (rank + step <= m && among[rank + step - 1] <= key) {
            rank += step;
            step *= 2;
        }
        int64_t stop = rank + step - 1 < m ? rank + step - 1 : m;
        while (rank < stop) {
            int64_t middle = rank + (stop - rank) / 2;
            if (among[middle] <= key)
                rank = middle + 1;
            else
                stop = middle;
        }
        out[i] = rank;
    }
}

enum { MOST_TENS = 18 };
static const uint64_t tens[MOST_TENS + 1] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
    10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000};

static inline __int128 times_ten_to(__int128 value, int64_t power)
{
    for (; power > MOST_TENS; power -= MOST_TENS)
        value *= tens[MOST_TENS];
    return value * (__int128)tens[power];
}

/* A number that digits are put behind; so many fit into 64 bits that 128 are seldom multiplied. */
struct digits {
    __int128 value;
    uint64_t last;
    int count;
};

static inline void put_behind(struct digits *digits, int digit)
{
    if (digits->count == MOST_TENS) {
        digits->value = digits->value * (__int128)tens[MOST_TENS] + digits->last;
        digits->last = 0;
        digits->count = 0;
    }
    digits->last = digits->last * 10 + (uint64_t)digit;
    digits->count++;
}

/* Text to decimals of 128 bits: an optional minus, digits, and a point with digits behind it; beyond the scale only zeros.
   valid: Arrow's bitmap of the text from bit first_bit on, or NULL. bad: 1 where the text is no such number. */
void crossfoot_decimals(const uint8_t *restrict text, const int32_t *restrict edges, const uint8_t *restrict valid, int64_t first_bit,
                        int64_t n, int64_t precision, int64_t scale, uint8_t *restrict out, uint8_t *restrict bad)
{
    for (int64_t i = 0; i < n; i++) {
        struct digits digits = {0, 0, 0};
        memset(out + 16 * i, 0, 16);
        bad[i] = 0;
        if (valid && !(valid[(first_bit + i) >> 3] >> ((first_bit + i) & 7) & 1))
            continue;
        const uint8_t *at = text + edges[i], *stop = text + edges[i + 1];
        int negative = at < stop && *at == '-';
        int64_t whole = 0, fraction = 0;
        int some = 0, ok = 1;
        for (at += negative; at < stop && *at >= '0' && *at <= '9'; at++) {
            some = 1;
            if (whole || *at != '0')
                whole++;
            if (whole && whole <= precision - scale)
                put_behind(&digits, *at - '0');
        }
        ok = whole <= precision - scale;
        if (at < stop && *at == '.') {
            for (at++; at < stop && *at >= '0' && *at <= '9'; at++) {
                some = 1;
                if (fraction < scale) {
                    put_behind(&digits, *at - '0');
                    fraction++;
                } else if (*at != '0') {
                    ok = 0;
                }
            }
        }
        if (at < stop || !some || !ok) {
            bad[i] = 1;
            continue;
        }
        __int128 value = times_ten_to(times_ten_to(digits.value, digits.count) + digits.last, scale - fraction);
        value = negative ? -value : value;
        memcpy(out + 16 * i, &value, 16);
    }
}
