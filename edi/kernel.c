/* The hot loops, each in one pass: what numpy does in a dozen. Loaded by native.py with ctypes; nothing else knows it.

   Every array is allocated by the caller, large enough for the worst case: n + 1 entries for n octets. */
#include <stdint.h>

enum { DATA, COMPONENT, REPETITION, ELEMENT, SEGMENT, RELEASE, BLANK };

/* Raised with every change to what follows, here and in native.py: a kernel left over from another version is not used. */
int64_t crossfoot_version(void)
{
    return 1;
}

/* The first position from at on where one of the tags (three octets each) stands, -1 where none does. */
int64_t crossfoot_find(const uint8_t *in, int64_t n, int64_t at, const uint8_t *tags, int64_t count)
{
    uint8_t first[256] = {0};
    for (int64_t t = 0; t < count; t++)
        first[tags[3 * t]] = 1;
    for (int64_t i = at; i + 2 < n; i++) {
        if (!first[in[i]])
            continue;
        for (int64_t t = 0; t < count; t++)
            if (in[i] == tags[3 * t] && in[i + 1] == tags[3 * t + 1] && in[i + 2] == tags[3 * t + 2])
                return i;
    }
    return -1;
}

/* role: of each of the 256 octets. guard: ascending pairs of positions between which everything is data.
   count: what was written: values, segments, empty segments, needless releases, octets. */
void crossfoot_scan(const uint8_t *restrict in, int64_t n, const uint8_t *restrict role,
                    const int64_t *restrict guard, int64_t guards, uint8_t *restrict out, int32_t *restrict offsets,
                    uint8_t *restrict kinds, int64_t *restrict start, int64_t *restrict end,
                    int64_t *restrict empty, int64_t *restrict needless, int64_t *restrict count)
{
    int64_t values = 0, segments = 0, empties = 0, idle = 0, written = 0, g = 0;
    int64_t committed = 0; /* values up to the last terminator: what follows it is no segment */
    int64_t i = 0;
    int64_t next_guard = guards ? guard[0] : n;
    int fresh = 1; /* between segments: blanks are skipped */
    int64_t began = 0;

    offsets[0] = 0;
    while (i < n) {
        if (fresh) {
            while (i < n && role[in[i]] == BLANK)
                i++;
            began = i;
            fresh = 0;
            continue;
        }
        if (i >= next_guard) {
            int64_t last = guard[2 * g + 1] < n ? guard[2 * g + 1] : n;
            while (i < last)
                out[written++] = in[i++];
            g++;
            next_guard = g < guards ? guard[2 * g] : n;
            if (i >= n)
                break;
            continue;
        }
        uint8_t what;
        while ((what = role[in[i]]) == DATA) {
            out[written++] = in[i++];
            if (i >= next_guard)
                break;
        }
        if (i >= next_guard)
            continue;
        if (what == BLANK) {
            out[written++] = in[i++];
        } else if (what == RELEASE) {
            if (i + 1 < n) {
                uint8_t released = role[in[i + 1]];
                if (released == DATA || released == BLANK)
                    needless[idle++] = i;
                if (i + 1 < next_guard) {
                    out[written++] = in[i + 1];
                    i += 2;
                } else {
                    i++;
                }
            } else {
                i++;
            }
        } else if (what == SEGMENT && i == began) {
            empty[empties++] = i++;
            fresh = 1;
        } else {
            kinds[values] = what;
            offsets[++values] = (int32_t)written;
            i++;
            if (what == SEGMENT) {
                start[segments] = began;
                end[segments++] = i;
                committed = values;
                fresh = 1;
            }
        }
    }
    count[0] = committed;
    count[1] = segments;
    count[2] = empties;
    count[3] = idle;
    count[4] = offsets[committed];
}

/* The value at element, repetition and component of each segment: where it begins in the text, and where it will end in
   what is gathered; valid is Arrow's bitmap, all zero at first. Returns how many octets there will be, and in nulls how many
   are not there. A segment below 0 is none. */
int64_t crossfoot_locate(const int64_t *restrict segments, int64_t n, int64_t element, int64_t repetition, int64_t component,
                         const int64_t *restrict segment_first, const int64_t *restrict element_first,
                         const int64_t *restrict repeat_first, const int32_t *restrict text_first,
                         int32_t *restrict begins, int32_t *restrict offsets, uint8_t *restrict valid, int64_t *restrict nulls)
{
    int32_t written = 0;
    int64_t absent = 0;
    offsets[0] = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t s = segments[i], length = 0;
        begins[i] = 0;
        if (s >= 0) {
            int64_t e = segment_first[s] + element;
            if (e < segment_first[s + 1]) {
                int64_t r = element_first[e] + repetition;
                if (r < element_first[e + 1]) {
                    int64_t v = repeat_first[r] + component;
                    if (v < repeat_first[r + 1]) {
                        begins[i] = text_first[v];
                        length = text_first[v + 1] - text_first[v];
                    }
                }
            }
        }
        written += (int32_t)length;
        offsets[i + 1] = written;
        if (length)
            valid[i >> 3] |= (uint8_t)(1 << (i & 7));
        else
            absent++;
    }
    *nulls = absent;
    return written;
}

/* Copies what was located. */
void crossfoot_gather(const uint8_t *restrict text, int64_t n, const int32_t *restrict begins,
                      const int32_t *restrict offsets, uint8_t *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        const uint8_t *from = text + begins[i];
        for (int32_t at = offsets[i]; at < offsets[i + 1]; at++)
            out[at] = *from++;
    }
}
