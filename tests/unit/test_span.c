// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_span.c - the bounded helpers every parser stands on (span.h).
 * All input ends at an unreadable page, so that one byte too far is seen.
 */
#include "span.h"
#include "text.h"
#include "unit.h"

static const char text[] = "0123456789;abc\"d;e\\\"f\";g,hijklmnop\r\nxyz";

/* The plain loop that span_find() and span_find2() stand for. */
static u32 find_plainly(const struct sip_buf *b, u32 from, u32 to, char c,
			char d)
{
	while (from < to && b->data[from] != c && b->data[from] != d)
		from++;
	return from;
}

static void find_within(const struct sip_buf *b, u32 from, u32 to)
{
	ck_assert_uint_eq(span_find(b, from, to, ';'),
			  find_plainly(b, from, to, ';', ';'));
	ck_assert_uint_eq(span_find2(b, from, to, '\r', ','),
			  find_plainly(b, from, to, '\r', ','));
}

/* Every start and every end. */
START_TEST(find_everywhere)
{
	struct sip_buf b = guard_buf(text);
	u32 from, to;

	for (from = 0; from <= b.len; from++)
		for (to = from; to <= b.len; to++)
			find_within(&b, from, to);
	guard_buf_free(&b);
}
END_TEST

/* Bytes above 0x7f and beside the one sought must not look like it. */
START_TEST(find_neighbours)
{
	struct sip_buf b = guard_buf("\x8a\x0b\x09\xfb\x3a\x3c\xbb\xff;");

	ck_assert_uint_eq(span_find(&b, 0, b.len, ';'), 8);
	ck_assert_uint_eq(span_find(&b, 0, b.len, '\n'), b.len);
	guard_buf_free(&b);
}
END_TEST

START_TEST(load64_at_the_end)
{
	struct sip_buf b = guard_buf("abcdefghij");
	u32 off, i;

	for (off = 0; off <= b.len; off++) {
		u64 w = span_load64(&b, off), want = 0;

		for (i = 0; i < 8 && off + i < b.len; i++)
			want |= (u64)(u8)b.data[off + i] << (8 * i);
		ck_assert(w == want);
	}
	guard_buf_free(&b);
}
END_TEST

static const struct {
	const char *in;
	u32 end;
} quoted[] = {
	{ "\"\"x", 2 },
	{ "\"abc\"d", 5 },
	{ "\"a\\\"b\"c", 6 },
	{ "\"a\\\\\"b", 5 },
	{ "\"open", 5 },
	{ "\"open\\", 6 },
	{ "\"", 1 },
};

START_TEST(skip_quoted)
{
	struct sip_buf b = guard_buf(quoted[_i].in);

	ck_assert_uint_eq(span_skip_quoted(&b, 0, b.len), quoted[_i].end);
	guard_buf_free(&b);
}
END_TEST

static const struct {
	const char *in;
	u32 at;
} unquoted[] = {
	{ "a;b", 1 },
	{ "\";\";b", 3 },
	{ "\"\\\";\";b", 5 },
	{ "\",\" ,b", 4 },
	{ "\";,", 3 },
	{ "abc", 3 },
	{ "", 0 },
};

START_TEST(find_unquoted)
{
	struct sip_buf b = guard_buf(unquoted[_i].in);

	ck_assert_uint_eq(span_find_unquoted(&b, 0, b.len, ';', ','),
			  unquoted[_i].at);
	guard_buf_free(&b);
}
END_TEST

static const struct {
	const char *in;
	u32 max;
	int err;
	u32 value;
} numbers[] = {
	{ "0", 65535, 0, 0 },
	{ "5060", 65535, 0, 5060 },
	{ "65535", 65535, 0, 65535 },
	{ "65536", 65535, -EBADMSG, 0 },
	{ "00005060", 65535, 0, 5060 },
	{ "4294967295", 4294967295U, 0, 4294967295U },
	{ "4294967296", 4294967295U, -EBADMSG, 0 },
	{ "18446744073709551616", 4294967295U, -EBADMSG, 0 },
	{ "99999999999999999999999999", 4294967295U, -EBADMSG, 0 },
	{ "", 65535, -EBADMSG, 0 },
	{ "-1", 65535, -EBADMSG, 0 },
	{ "+1", 65535, -EBADMSG, 0 },
	{ " 1", 65535, -EBADMSG, 0 },
	{ "1 ", 65535, -EBADMSG, 0 },
	{ "0x10", 65535, -EBADMSG, 0 },
	{ "1e3", 65535, -EBADMSG, 0 },
};

START_TEST(read_number)
{
	struct sip_buf b = guard_buf(numbers[_i].in);
	u32 value = 0;

	ck_assert_int_eq(span_u32(&b, guard_all(&b), numbers[_i].max, &value),
			 numbers[_i].err);
	if (!numbers[_i].err)
		ck_assert_uint_eq(value, numbers[_i].value);
	guard_buf_free(&b);
}
END_TEST

static const struct {
	const char *in;
	const char *word;
	bool is, starts;
} words[] = {
	{ "sip", "sip", true, true },
	{ "SIP", "sip", true, true },
	{ "sIp:", "sip", false, true },
	{ "si", "sip", false, false },
	{ "", "sip", false, false },
	{ "s\xc9p", "sip", false, false },
	{ "s\tp", "s)p", false, false },
	{ "content-length", "content-length", true, true },
	{ "CONTENT-LENGTH", "content-length", true, true },
	{ "CONTENT\rLENGTH", "content-length", false, false },
	{ "a[b", "a{b", false, false },
};

START_TEST(compare_words)
{
	struct sip_buf b = guard_buf(words[_i].in);

	ck_assert_int_eq(span_is(&b, guard_all(&b), words[_i].word),
			 words[_i].is);
	ck_assert_int_eq(span_starts(&b, 0, b.len, words[_i].word),
			 words[_i].starts);
	guard_buf_free(&b);
}
END_TEST

START_TEST(white_space)
{
	struct sip_buf b = guard_buf(" \t\r\n x y \r\n\t ");

	ck_assert_uint_eq(span_skip_lws(&b, 0, b.len), 5);
	ck_assert_uint_eq(span_trim_lws(&b, 0, b.len), 8);
	ck_assert_uint_eq(span_skip_lws(&b, 8, b.len), b.len);
	ck_assert_uint_eq(span_trim_lws(&b, 9, b.len), 9);
	ck_assert_uint_eq(span_digits(&b, 0, b.len), 0);
	guard_buf_free(&b);
}
END_TEST

/* Equal text hashes equally wherever it stands; length and seed count. */
START_TEST(hash)
{
	struct sip_buf b = guard_buf("abcdefgh abcdefgh abcdefg abcdefgi");
	struct span one = span_make(0, 8), two = span_make(9, 17);
	struct span less = span_make(18, 25), other = span_make(26, 34);

	ck_assert(span_hash(&b, one, 1) == span_hash(&b, two, 1));
	ck_assert(span_equal(&b, one, two));
	ck_assert(span_hash(&b, one, 1) != span_hash(&b, one, 2));
	ck_assert(span_hash(&b, one, 1) != span_hash(&b, less, 1));
	ck_assert(!span_equal(&b, one, less));
	ck_assert(span_hash(&b, one, 1) != span_hash(&b, other, 1));
	ck_assert(!span_equal(&b, one, other));
	ck_assert(span_hash(&b, span_make(34, 34), 0) != 0);
	guard_buf_free(&b);
}
END_TEST

struct Suite *suite_span(void)
{
	struct Suite *s = suite_create("span");
	TCase *tc = tcase_create("span");

	tcase_add_test(tc, find_everywhere);
	tcase_add_test(tc, find_neighbours);
	tcase_add_test(tc, load64_at_the_end);
	unit_add_table(tc, skip_quoted, quoted);
	unit_add_table(tc, find_unquoted, unquoted);
	unit_add_table(tc, read_number, numbers);
	unit_add_table(tc, compare_words, words);
	tcase_add_test(tc, white_space);
	tcase_add_test(tc, hash);
	suite_add_tcase(s, tc);
	return s;
}
