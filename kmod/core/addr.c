// SPDX-License-Identifier: GPL-2.0-only
/*
 * addr.c - IPv4 addresses as text, and back.
 */
#include "alg.h"

/* All octets as text: they make addresses, and ports two digits at once. */
static const char octets[256][4] = {
	"0", "1", "2", "3", "4", "5", "6", "7",
	"8", "9", "10", "11", "12", "13", "14", "15",
	"16", "17", "18", "19", "20", "21", "22", "23",
	"24", "25", "26", "27", "28", "29", "30", "31",
	"32", "33", "34", "35", "36", "37", "38", "39",
	"40", "41", "42", "43", "44", "45", "46", "47",
	"48", "49", "50", "51", "52", "53", "54", "55",
	"56", "57", "58", "59", "60", "61", "62", "63",
	"64", "65", "66", "67", "68", "69", "70", "71",
	"72", "73", "74", "75", "76", "77", "78", "79",
	"80", "81", "82", "83", "84", "85", "86", "87",
	"88", "89", "90", "91", "92", "93", "94", "95",
	"96", "97", "98", "99", "100", "101", "102", "103",
	"104", "105", "106", "107", "108", "109", "110", "111",
	"112", "113", "114", "115", "116", "117", "118", "119",
	"120", "121", "122", "123", "124", "125", "126", "127",
	"128", "129", "130", "131", "132", "133", "134", "135",
	"136", "137", "138", "139", "140", "141", "142", "143",
	"144", "145", "146", "147", "148", "149", "150", "151",
	"152", "153", "154", "155", "156", "157", "158", "159",
	"160", "161", "162", "163", "164", "165", "166", "167",
	"168", "169", "170", "171", "172", "173", "174", "175",
	"176", "177", "178", "179", "180", "181", "182", "183",
	"184", "185", "186", "187", "188", "189", "190", "191",
	"192", "193", "194", "195", "196", "197", "198", "199",
	"200", "201", "202", "203", "204", "205", "206", "207",
	"208", "209", "210", "211", "212", "213", "214", "215",
	"216", "217", "218", "219", "220", "221", "222", "223",
	"224", "225", "226", "227", "228", "229", "230", "231",
	"232", "233", "234", "235", "236", "237", "238", "239",
	"240", "241", "242", "243", "244", "245", "246", "247",
	"248", "249", "250", "251", "252", "253", "254", "255",
};

/* Below 100, two digits: those behind the 1 of one hundred and @v. */
static inline u32 put_pair(char *out, u32 v)
{
	memcpy(out, octets[100 + v] + 1, 2);
	return 2;
}

/* Below 100, without a leading zero. */
static inline u32 put_small(char *out, u32 v)
{
	if (v >= 10)
		return put_pair(out, v);
	*out = (char)('0' + v);
	return 1;
}

u32 addr_put_port(char *out, u32 port)
{
	u32 n;

	if (port < 100)
		return put_small(out, port);
	if (port < 10000) {
		n = put_small(out, port / 100);
	} else {
		*out = (char)('0' + port / 10000);
		port %= 10000;
		n = 1 + put_pair(out + 1, port / 100);
	}
	return n + put_pair(out + n, port % 100);
}

/* Four bytes are written, and the length of those that count returned. */
static inline u32 put_octet(char *out, u32 v)
{
	memcpy(out, octets[v], 4);
	return 1u + (v > 9) + (v > 99);
}

void addr_render(const struct alg_ep *ep, struct addr_text *out)
{
	char text[ADDR_TEXT_MAX];
	u32 n = 0;
	u32 i;

	memset(out, 0, sizeof(*out));
	if (ep->family != 4)
		return;
	memset(text, 0, sizeof(text));
	for (i = 0; i < 4; i++) {
		n += put_octet(text + n, ep->ip[i]);
		text[n++] = '.';
	}
	text[n - 1] = ':';
	out->len = (u8)(n - 1);
	n += addr_put_port(text + n, ep->port);
	out->all = (u8)n;
	out->mid = n > 16 ? 8 : 0;
	out->port = ep->port;
	memcpy(out->text, text, n);
	out->first = (u8)text[0] * SPAN_ONES;
	out->second = (u8)text[1] * SPAN_ONES;
}

bool addr_at_short(const struct sip_buf *b, u32 off,
		   const struct addr_text *text)
{
	return !memcmp(b->data + off, text->text, text->len);
}

/* Bytes that begin the first two letters of @text, at eight places at @p. */
static inline u64 find_letters(const char *p, const struct addr_text *text)
{
	return (((port_load64(p) ^ text->first) |
		 (port_load64(p + 1) ^ text->second)) - SPAN_ONES) &
	       0x80 * SPAN_ONES;
}

/* Near the end, or where the first two letters are. */
static port_noinline u32 find_slow(const struct sip_buf *b, u32 from, u32 to,
				   const struct addr_text *text)
{
	const char *p = b->data + from;
	const char *last = b->data + (to + 9 <= b->len ? to : b->len - 8);
	u64 hits;
	u32 at;

	for (; b->len > 8 && p < last; p += 8) {
		hits = find_letters(p, text);
		for (; unlikely(hits); hits &= hits - 1) {
			at = (u32)(p - b->data) + port_ctz64(hits) / 8;
			if (addr_at(b, at, to, text))
				return at;
		}
	}
	for (at = (u32)(p - b->data); at < to; at++) {
		if (addr_at(b, at, to, text))
			return at;
	}
	return to;
}

u32 addr_find(const struct sip_buf *b, u32 from, u32 to,
	      const struct addr_text *text)
{
	const char *p = b->data + from;
	const char *end = b->data + to;
	u64 hits;
	u32 at;

	if (!text->len)
		return to;
	if (to + 9 <= b->len) {
		for (; p < end; p += 8) {
			hits = find_letters(p, text);
			if (likely(!hits))
				continue;
			from = (u32)(p - b->data);
			at = from + port_ctz64(hits) / 8;
			return addr_at(b, at, to, text) ? at :
			       find_slow(b, from, to, text);
		}
		return to;
	}
	return find_slow(b, from, to, text);
}

int addr_parse4(const struct sip_buf *b, struct span s, u32 *v4)
{
	const char *p = b->data + s.off;
	const char *end = p + s.len;
	u32 digits = 0;
	u32 n = 0;
	u32 v = 0;
	u8 ip[4];

	for (; p < end; p++) {
		if (span_is_digit(*p)) {
			v = v * 10 + (u8)(*p - '0');
			if (++digits > 3)
				return -ENOENT;
			continue;
		}
		if (*p != '.' || !digits || v > 255 || n == 3)
			return -ENOENT;
		ip[n++] = (u8)v;
		digits = 0;
		v = 0;
	}
	if (!digits || v > 255 || n != 3)
		return -ENOENT;
	ip[n] = (u8)v;
	memcpy(v4, ip, sizeof(ip));
	return 0;
}

bool addr_is_private4(u32 v4)
{
	u32 ip = port_ntohl(v4);

	return ip >> 24 == 10 || ip >> 24 == 127 ||
	       ip >> 20 == (172 << 4 | 1) || ip >> 16 == (192 << 8 | 168) ||
	       ip >> 16 == (169 << 8 | 254) || ip >> 22 == (100 << 2 | 1);
}
