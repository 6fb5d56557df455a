// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_messages.c - every message of tests/messages through alg_run(): it is
 * well formed, true to its length, and none of our addresses is left where
 * the far side would read it.
 */
#include <limits.h>
#include <stdlib.h>
#include "props.h"
#include "text.h"
#include "unit.h"

enum { MAX_MESSAGES = 64 };

static struct message {
	char name[64];
	enum alg_dir dir;
	char limit[16];
} messages[MAX_MESSAGES];
static int nmessages;
static struct fakehost fh, before;
static struct alg_ctx ctx;

static void read_index(void)
{
	char path[PATH_MAX], line[256], dir[8];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/messages/index.tsv",
		 text_root());
	f = fopen(path, "r");
	while (f && nmessages < MAX_MESSAGES && fgets(line, sizeof(line), f)) {
		struct message *m = &messages[nmessages];

		if (*line == '#' || sscanf(line, "%63s %7s %15s", m->name,
					   dir, m->limit) != 3)
			continue;
		m->dir = *dir == 'i' ? ALG_IN : ALG_OUT;
		nmessages++;
	}
	if (f)
		fclose(f);
}

static char *load(const struct message *m, size_t *len)
{
	char path[PATH_MAX], *text, *copy;

	snprintf(path, sizeof(path), "%s/tests/messages/%s.sip", text_root(),
		 m->name);
	text = text_file(path, len);
	ck_assert_ptr_nonnull(text);
	copy = guard_copy(text, *len);
	free(text);
	return copy;
}

/* Does a header with this name, of the output, hold this literal? */
static bool names(const char *out, size_t len, const char *field,
		  const char *literal)
{
	const char *at = out, *eol, *body;
	size_t n = strlen(field);

	body = memmem(out, len, "\r\n\r\n", 4);
	len = body ? (size_t)(body - out) : len;

	while ((at = memmem(at, len - (size_t)(at - out), field, n))) {
		eol = memchr(at, '\n', len - (size_t)(at - out));
		eol = eol ? eol : out + len;
		if (memmem(at, (size_t)(eol - at), literal, strlen(literal)))
			return true;
		at += n;
	}
	return false;
}

START_TEST(message)
{
	const struct message *m = &messages[_i];
	static struct sip_msg msg;
	static char out[4096];
	struct alg_pkt pkt;
	size_t len, n;
	char *data = load(m, &len);
	const char *broken;

	pkt = text_pkt(m->dir, data, len);
	fakehost_init(&fh);
	if (m->dir == ALG_IN)
		fakehost_bind(&fh, &pkt.lan, &pkt.wan, FH_OURS);
	before = fh;
	fakehost_run(&fh, &ctx, &pkt);
	broken = props_check(&ctx, &fh, &before);
	ck_assert_msg(!broken, "%s: %s", m->name, broken);
	ck_assert_int_eq(sip_msg_parse(&msg, data, (u32)len), 0);
	ck_assert_uint_eq(span_end(msg.body), len);
	n = props_output(&ctx, &pkt, out, sizeof(out));
	if (!strcmp(m->limit, "same")) {
		ck_assert_uint_eq(ctx.verdict, ALG_SAME);
	} else if (m->dir == ALG_OUT) {
		ck_assert_uint_eq(ctx.verdict, ALG_REWRITE);
		ck_assert(!names(out, n, "Via:", "192.168.1.10"));
		ck_assert(!names(out, n, "Contact:", "192.168.1.10"));
	} else {
		ck_assert_uint_eq(ctx.verdict, ALG_REWRITE);
		ck_assert(!names(out, n, "Via:", "45.0.2.2"));
	}
	guard_free(data, len);
}
END_TEST

START_TEST(messages_are_there)
{
	ck_assert_int_ge(nmessages, 15);
}
END_TEST

struct Suite *suite_messages(void)
{
	struct Suite *s = suite_create("messages");
	TCase *tc = tcase_create("messages");

	read_index();
	tcase_add_test(tc, messages_are_there);
	tcase_add_loop_test(tc, message, 0, nmessages);
	suite_add_tcase(s, tc);
	return s;
}
