/* The scan of tokens.py in one pass: what numpy does in a dozen. Loaded by kernel.py with ctypes; nothing else knows it.

   Every array is allocated by the caller, large enough for the worst case: n + 1 entries for n octets. */
#include <stdint.h>

enum { DATA, COMPONENT, REPETITION, ELEMENT, SEGMENT, RELEASE, BLANK };

/* role: of each of the 256 octets. guard: ascending pairs of positions between which everything is data.
   count: what was written: values, segments, empty segments, needless releases, octets. */
void crossfoot_scan(const uint8_t *in, int64_t n, const uint8_t *role, const int64_t *guard, int64_t guards,
                    uint8_t *out, int32_t *offsets, uint8_t *kinds, int64_t *start, int64_t *end,
                    int64_t *empty, int64_t *needless, int64_t *count)
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
        uint8_t octet = in[i];
        uint8_t what = role[octet];
        if (what == DATA || what == BLANK) {
            out[written++] = octet;
            i++;
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
