// SPDX-License-Identifier: GPL-2.0-only
/*
 * golden.c - plays golden case files through alg_run() with the fake host.
 *
 * One file is one test case of Check, so that CK_RUN_CASE names it. Every
 * message also has to keep the laws of props.h, whatever its file expects.
 */
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include "golden.h"
#include "props.h"
#include "text.h"
#include "unit.h"

enum { MAX_CASES = 400 };

static char *cases[MAX_CASES];
static int ncases;
static struct gold gold;

/* Both texts line by line, with a mark where they part. */
static void show_difference(const struct gold_buf *want,
			    const struct gold_buf *got)
{
	size_t i = 0, n = want->len < got->len ? want->len : got->len;

	while (i < n && want->data[i] == got->data[i])
		i++;
	if (i == want->len && i == got->len) {
		fprintf(stderr, "  left as expected\n");
		return;
	}
	fprintf(stderr, "  first difference at byte %zu\n--- expected\n", i);
	text_show(stderr, want->data, want->len, "  |");
	fprintf(stderr, "--- left\n");
	text_show(stderr, got->data, got->len, "  |");
	fprintf(stderr, "--- left, from the difference on\n");
	text_show(stderr, got->data + i,
		  got->len - i < 60 ? got->len - i : 60, "  |");
}

static void show_failure(struct gold *g)
{
	fprintf(stderr, "\n%s:%u: message differs\n--- came\n", g->path,
		g->msg_line);
	text_show(stderr, g->in.data, g->in.len, "  |");
	show_difference(&g->want, &g->got);
	fprintf(stderr, "--- facts expected\n%.*s", (int)g->facts.len,
		g->facts.data);
	fprintf(stderr, "--- facts\n%.*s", (int)g->said.len, g->said.data);
	fprintf(stderr, "--- again: build/unit %s\n", g->name);
}

static void apply_edits(struct gold *g, const struct alg_pkt *pkt)
{
	g->got.len = props_output(&g->ctx, pkt, g->got.data,
				  sizeof(g->got.data));
}

static bool buf_equal(const struct gold_buf *a, const struct gold_buf *b)
{
	return a->len == b->len && !memcmp(a->data, b->data, a->len);
}

/* The message in hand is complete: run it and compare everything. */
static void play_message(struct gold *g)
{
	struct fakehost before = g->fh;
	struct alg_pkt pkt;
	const char *broken;
	char *data;

	gold_set_lengths(&g->in);
	gold_set_lengths(&g->want);
	data = guard_copy(g->in.data, g->in.len);
	pkt = text_pkt(g->dir, data, g->in.len);
	pkt.lan = g->lan;
	pkt.wan = g->wan;
	pkt.peer = g->peer;
	pkt.proto = g->proto;
	g->ctx.flags = ALG_CTX_NOTES;
	fakehost_run(&g->fh, &g->ctx, &pkt);
	apply_edits(g, &pkt);
	g->said.len = 0;
	gold_facts(g, &g->said);
	if (!buf_equal(&g->want, &g->got) || !buf_equal(&g->facts, &g->said)) {
		g->failed = true;
		show_failure(g);
	}
	broken = props_check(&g->ctx, &g->fh, &before);
	if (broken)
		gold_error(g, "broken law: %s (build/unit %s)", broken,
			   g->name);
	guard_free(data, g->in.len);
}

static void end_message(struct gold *g)
{
	if (g->collecting)
		play_message(g);
	g->collecting = false;
}

static void begin_message(struct gold *g, enum alg_dir dir)
{
	end_message(g);
	g->collecting = true;
	g->msg_line = g->line;
	g->dir = (u8)dir;
	g->in.len = 0;
	g->want.len = 0;
	g->facts.len = 0;
}

static void play_line(struct gold *g, char *line)
{
	if (!strcmp(line, "out") || !strcmp(line, "in")) {
		begin_message(g, *line == 'o' ? ALG_OUT : ALG_IN);
	} else if (*line == '|' || *line == '-' || *line == '+') {
		if (!g->collecting || g->facts.len)
			gold_error(g, "text outside a message");
		else if (!gold_add_line(g, line))
			gold_error(g, "unknown escape");
	} else if (!strncmp(line, "> ", 2)) {
		gold_printf(&g->facts, "%s\n", line + 2);
	} else if (*line && *line != '#') {
		end_message(g);
		if (!gold_directive(g, line))
			gold_error(g, "unknown word");
	}
}

bool gold_play(struct gold *g, const char *path, const char *name)
{
	char line[8192];
	FILE *f = fopen(path, "r");

	g->path = path;
	g->name = name;
	g->line = 0;
	g->also = 0;
	g->failed = false;
	g->collecting = false;
	g->msg_line = 0;
	g->proto = ALG_UDP;
	g->lan = text_ep("192.168.1.10:5060");
	g->wan = text_ep("45.0.2.2:5060");
	g->peer = text_ep("52.0.0.10:5060");
	fakehost_init(&g->fh);
	while (f && fgets(line, sizeof(line), f)) {
		g->line++;
		line[strcspn(line, "\n")] = 0;
		play_line(g, line);
	}
	end_message(g);
	if (f)
		fclose(f);
	if (!g->msg_line)
		gold_error(g, "no message in this case");
	return !g->failed;
}

START_TEST(golden_case)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/tests/unit/golden/%s.case",
		 text_root(), cases[_i]);
	ck_assert_msg(gold_play(&gold, path, cases[_i]),
		      "golden case %s differs, see above", cases[_i]);
}
END_TEST

static int is_case(const struct dirent *d)
{
	const char *dot = strrchr(d->d_name, '.');

	return dot && !strcmp(dot, ".case");
}

static char *name_of(const struct dirent *d)
{
	return strndup(d->d_name, strlen(d->d_name) - strlen(".case"));
}

static void find_cases(void)
{
	struct dirent **list = NULL;
	char path[PATH_MAX];
	int i, n;

	snprintf(path, sizeof(path), "%s/tests/unit/golden", text_root());
	n = scandir(path, &list, is_case, alphasort);
	for (i = 0; i < n; i++) {
		if (ncases < MAX_CASES)
			cases[ncases++] = name_of(list[i]);
		free(list[i]);
	}
	free(list);
}

START_TEST(golden_are_there)
{
	ck_assert_int_ge(ncases, 1);
	ck_assert_int_lt(ncases, MAX_CASES);
}
END_TEST

struct Suite *suite_golden(void)
{
	struct Suite *s = suite_create("golden");
	TCase *tc = tcase_create("golden-cases");
	int i;

	tcase_add_test(tc, golden_are_there);
	suite_add_tcase(s, tc);
	find_cases();
	for (i = 0; i < ncases; i++) {
		tc = tcase_create(cases[i]);
		tcase_add_loop_test(tc, golden_case, i, i + 1);
		suite_add_tcase(s, tc);
	}
	return s;
}
