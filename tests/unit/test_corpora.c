// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_corpora.c - third-party messages through alg_run(), both ways.
 *
 * ../shared/corpora or $SIPALG_CORPORA; its addresses are not ours, so that
 * nothing may be rewritten. Where the folder is missing the test says so and
 * is skipped; with CI=true that is a failure.
 */
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "props.h"
#include "text.h"
#include "unit.h"

static struct fakehost fh, before;
static struct alg_ctx ctx;
static unsigned int files, broken_files;

static const char *corpora_dir(void)
{
	static char path[PATH_MAX];
	const char *env = getenv("SIPALG_CORPORA");

	if (env)
		return env;
	snprintf(path, sizeof(path), "%s/../shared/corpora", text_root());
	return path;
}

/* An address of the test topology: then an edit would be right. */
static bool is_ours(const char *data, size_t len)
{
	return memmem(data, len, "192.168.1.10", 12) ||
	       memmem(data, len, "45.0.2.2", 8);
}

static const char *run(const char *data, size_t len, enum alg_dir dir)
{
	struct alg_pkt pkt = text_pkt(dir, data, len);
	const char *broken;

	fakehost_init(&fh);
	fakehost_bind(&fh, &pkt.lan, &pkt.wan, FH_OURS);
	before = fh;
	ctx.flags = ALG_CTX_NOTES;
	fakehost_run(&fh, &ctx, &pkt);
	broken = props_check(&ctx, &fh, &before);
	if (!broken && ctx.verdict == ALG_REWRITE && !is_ours(data, len))
		broken = "rewritten, though no address is ours";
	return broken;
}

static int visit(const char *path, const struct stat *st, int type,
		 struct FTW *ftw)
{
	const char *broken;
	char *text, *copy;
	size_t len;
	int dir;

	(void)st;
	(void)ftw;
	text = type == FTW_F ? text_file(path, &len) : NULL;
	if (!text)
		return 0;
	copy = guard_copy(text, len);
	for (dir = ALG_OUT; dir <= ALG_IN; dir++) {
		broken = run(copy, len, (enum alg_dir)dir);
		if (!broken)
			continue;
		fprintf(stderr, "%s: %s: %s\n", path,
			dir == ALG_OUT ? "out" : "in", broken);
		broken_files++;
	}
	files++;
	guard_free(copy, len);
	free(text);
	return 0;
}

START_TEST(every_file)
{
	const char *ci = getenv("CI");
	struct stat st;

	if (stat(corpora_dir(), &st)) {
		ck_assert_msg(!ci || strcmp(ci, "true"),
			      "%s is missing", corpora_dir());
		fprintf(stderr, "skipped: %s is missing\n", corpora_dir());
		return;
	}
	nftw(corpora_dir(), visit, 16, FTW_PHYS);
	ck_assert_uint_ge(files, 500);
	ck_assert_uint_eq(broken_files, 0);
}
END_TEST

struct Suite *suite_corpora(void)
{
	struct Suite *s = suite_create("corpora");
	TCase *tc = tcase_create("corpora");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_file);
	suite_add_tcase(s, tc);
	return s;
}
