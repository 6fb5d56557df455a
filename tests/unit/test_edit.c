// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_edit.c - the edit list and its application (edit.h).
 */
#include <stdlib.h>
#include "edit.h"
#include "reason.h"
#include "text.h"
#include "unit.h"

static const struct edit_why why = {
	ALG_FIELD_VIA, ALG_REASON_LAN_TO_WAN,
};

struct change {
	u16 off, len;
	const char *text;
};

static const struct {
	const char *in;
	struct change change[4];
	const char *out;
	int n;
} cases[] = {
	{ "abcdef", { { 0, 1, "X" }, { 5, 1, "Y" } }, "XbcdeY", 2 },
	{ "abcdef", { { 2, 2, "" } }, "abef", 1 },
	{ "abcdef", { { 3, 0, "123" } }, "abc123def", 1 },
	{ "abcdef", { { 0, 0, "<" }, { 6, 0, ">" } }, "<abcdef>", 2 },
	{ "abcdef", { { 0, 6, "long replacement" } }, "long replacement", 1 },
	{ "abcdef", { { 1, 2, "bc" } }, "abcdef", 0 },
	{ "abcdef", { { 4, 1, "Y" }, { 1, 1, "X" } }, "aXcdYf", 2 },
	{ "abcdef", { { 4, 1, "Z" }, { 0, 1, "X" }, { 2, 1, "Y" } },
	  "XbYdZf", 3 },
	{ "abcdef", { { 2, 0, "-" }, { 2, 2, "X" } }, "ab-Xef", 2 },
	{ "abcdef", { { 1, 1, "" }, { 2, 1, "" }, { 3, 1, "" } }, "aef", 3 },
	{ "a long front<1>gap<2>", { { 12, 3, "" }, { 18, 3, "[two]" } },
	  "a long frontgap[two]", 2 },
	{ "<1>a gap in between<2>a long end of it",
	  { { 0, 3, "[a long one]" }, { 19, 3, "" } },
	  "[a long one]a gap in betweena long end of it", 2 },
	{ "<1>a gap in between<2>another one, as long<3>a long end of it all",
	  { { 0, 3, "" }, { 19, 3, "[more than]" }, { 42, 3, "." } },
	  "a gap in between[more than]another one, as long.a long end of it all",
	  3 },
	{ "<1>a gap in between<2>another one, as long<3>a long end of it all",
	  { { 0, 3, "[grow]" }, { 19, 3, "" }, { 42, 3, "[and again]" } },
	  "[grow]a gap in betweenanother one, as long[and again]a long end of "
	  "it all", 3 },
};

static void make_list(const struct sip_buf *b, struct edit_list *l,
		      const struct change *c)
{
	struct span at;
	unsigned int i;

	edit_reset(l);
	for (i = 0; i < 4 && c[i].text; i++) {
		at = span_make(c[i].off, (u32)c[i].off + c[i].len);
		ck_assert_int_eq(edit_replace(b, l, at, c[i].text, why), 0);
	}
}

/* In a room that ends where the longer of both ends. */
static void check_inplace(const struct sip_buf *b, const struct edit_list *l,
			  const char *want, size_t len)
{
	size_t room = len > b->len ? len : b->len;
	char *text = guard_room(room);

	memcpy(text, b->data, b->len);
	edit_inplace(text, b->len, l);
	ck_assert_mem_eq(text, want, len);
	guard_free(text, room);
}

START_TEST(edit_cases)
{
	static struct edit_list l;
	struct sip_buf b = guard_buf(cases[_i].in);
	size_t want = strlen(cases[_i].out);
	char *out = guard_copy(cases[_i].out, want);

	make_list(&b, &l, cases[_i].change);
	ck_assert_int_eq(l.n, cases[_i].n);
	ck_assert_int_eq(edit_check(&l, b.len), 0);
	ck_assert_int_eq(l.delta, (int)want - (int)b.len);
	ck_assert_int_eq(edit_delta(&l, guard_all(&b)), l.delta);
	memset(out, 0, want);
	ck_assert_int_eq(edit_apply(b.data, b.len, &l, out, (u32)want),
			 (int)want);
	ck_assert_mem_eq(out, cases[_i].out, want);
	if (want)
		ck_assert_int_eq(edit_apply(b.data, b.len, &l, out,
					    (u32)want - 1), -ENOSPC);
	guard_free(out, want);
	check_inplace(&b, &l, cases[_i].out, want);
	guard_buf_free(&b);
}
END_TEST

static unsigned int next_random(unsigned int *seed, unsigned int below)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % below;
}

/* Edits of any size in a text of any size, in order and apart. */
static void make_random(const struct sip_buf *b, struct edit_list *l,
			unsigned int seed)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	unsigned int end = b->len;
	char text[33];
	unsigned int from = next_random(&seed, 60);
	unsigned int to, len;

	edit_reset(l);
	while (from <= end && l->n < 12) {
		to = from + next_random(&seed, 30);
		len = next_random(&seed, 33);
		if (to > end)
			to = end;
		memcpy(text, letters + next_random(&seed, 4), len);
		text[len] = '\0';
		ck_assert_int_eq(edit_replace(b, l, span_make(from, to), text,
					      why), 0);
		from = to + 1 + next_random(&seed, 2) *
				next_random(&seed, 150);
	}
}

/* Both ways to apply edits write the same, whatever moves up and down. */
START_TEST(edit_inplace_random)
{
	static struct edit_list l;
	static char in[400], out[1200];
	unsigned int seed = (unsigned int)_i * 7919u + 1;
	struct sip_buf b = { .data = in, .len = 0 };
	unsigned int i, rounds;
	int len;

	for (rounds = 0; rounds < 500; rounds++, seed += 977) {
		b.len = next_random(&seed, sizeof(in));
		for (i = 0; i < b.len; i++)
			in[i] = (char)('!' + (i * 7 + rounds) % 90);
		make_random(&b, &l, seed);
		len = edit_apply(b.data, b.len, &l, out, sizeof(out));
		ck_assert_int_eq(len, (int)b.len + l.delta);
		check_inplace(&b, &l, out, (size_t)len);
	}
}
END_TEST

START_TEST(edit_delta_of_a_part)
{
	static struct edit_list l;
	struct sip_buf b = guard_buf("0123456789");
	static const struct change c[4] = {
		{ 1, 1, "xx" }, { 4, 2, "" }, { 7, 1, "yyyy" },
	};

	make_list(&b, &l, c);
	ck_assert_int_eq(edit_delta(&l, span_make(0, 3)), 1);
	ck_assert_int_eq(edit_delta(&l, span_make(3, 10)), 1);
	ck_assert_int_eq(edit_delta(&l, span_make(7, 10)), 3);
	ck_assert_int_eq(edit_delta(&l, span_make(8, 10)), 0);
	guard_buf_free(&b);
}
END_TEST

/* What a planner must never make is refused before it is carried out. */
START_TEST(edit_check_refuses)
{
	static struct edit_list l;
	struct sip_buf b = guard_buf("0123456789");
	static const struct change c[4] = { { 2, 2, "x" }, { 6, 2, "y" } };
	static const struct change behind[4] = { { 2, 2, "x" }, { 3, 2, "y" } };
	static const struct change before[4] = { { 2, 2, "x" }, { 1, 2, "y" } };

	make_list(&b, &l, c);
	ck_assert_int_eq(edit_check(&l, 10), 0);
	ck_assert_int_eq(edit_check(&l, 8), 0);
	ck_assert_int_eq(edit_check(&l, 7), -EBADMSG);
	make_list(&b, &l, behind);
	ck_assert_int_eq(edit_check(&l, 10), -EBADMSG);
	make_list(&b, &l, before);
	ck_assert_int_eq(edit_check(&l, 10), -EBADMSG);
	guard_buf_free(&b);
}
END_TEST

START_TEST(edit_list_full)
{
	static struct edit_list l;
	char text[2 * EDIT_MAX + 2];
	struct sip_buf b;
	unsigned int i;
	int err = 0;

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	b = guard_buf(text);
	edit_reset(&l);
	for (i = 0; i < EDIT_MAX && !err; i++)
		err = edit_replace(&b, &l, span_make(2 * i, 2 * i + 1), "b",
				   why);
	ck_assert_int_eq(err, 0);
	ck_assert_int_eq(edit_check(&l, b.len), 0);
	ck_assert_int_eq(edit_replace(&b, &l, span_make(2 * i, 2 * i + 1),
				      "b", why), -E2BIG);
	ck_assert_ptr_null(edit_room(&l));
	guard_buf_free(&b);
}
END_TEST

START_TEST(edit_pool_full)
{
	static struct edit_list l;
	struct sip_buf b = guard_buf("0123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789");
	char text[EDIT_TEXT_ONE + 1];
	unsigned int i = 0;
	int err;

	memset(text, 'x', EDIT_TEXT_ONE);
	text[EDIT_TEXT_ONE] = 0;
	edit_reset(&l);
	do {
		err = edit_replace(&b, &l, span_make(i, i + 1), text, why);
	} while (!err && ++i < b.len);
	ck_assert_int_eq(err, -E2BIG);
	ck_assert_uint_eq(i, EDIT_TEXT / EDIT_TEXT_ONE);
	ck_assert_int_eq(edit_check(&l, b.len), 0);
	guard_buf_free(&b);
}
END_TEST

/* Names are an interface: each there, none twice. */
START_TEST(names)
{
	unsigned int i, j;

	for (i = 1; i < ALG_REASON_MAX; i++) {
		ck_assert_int_gt((int)strlen(alg_reason_name(i)), 0);
		ck_assert_int_gt((int)strlen(alg_reason_text(i)), 0);
		ck_assert_ptr_nonnull(alg_reason_hint(i));
		for (j = 1; j < i; j++)
			ck_assert_str_ne(alg_reason_name(i),
					 alg_reason_name(j));
	}
	for (i = 0; i < ALG_FIELD_MAX; i++)
		ck_assert_int_gt((int)strlen(alg_field_name(i)), 0);
	ck_assert_str_eq(alg_reason_name(ALG_REASON_MAX), "none");
	ck_assert_str_eq(alg_reason_text(ALG_REASON_MAX), "");
	ck_assert_str_eq(alg_reason_hint(12345), "");
	ck_assert_str_eq(alg_field_name(ALG_FIELD_MAX), "");
}
END_TEST

struct Suite *suite_edit(void)
{
	struct Suite *s = suite_create("edit");
	TCase *tc = tcase_create("edit");

	unit_add_table(tc, edit_cases, cases);
	tcase_add_loop_test(tc, edit_inplace_random, 0, 4);
	tcase_add_test(tc, edit_delta_of_a_part);
	tcase_add_test(tc, edit_check_refuses);
	tcase_add_test(tc, edit_list_full);
	tcase_add_test(tc, edit_pool_full);
	tcase_add_test(tc, names);
	suite_add_tcase(s, tc);
	return s;
}
