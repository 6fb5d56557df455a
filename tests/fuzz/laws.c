// SPDX-License-Identifier: GPL-2.0-only
/*
 * laws.c - what the fuzz targets share. See laws.h.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include "laws.h"
#include "props.h"
#include "text.h"

void law(bool holds, const char *words)
{
	if (holds)
		return;
	fprintf(stderr, "not kept: %s\n", words);
	abort();
}

char *laws_copy(const void *data, size_t size)
{
	char *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	return copy;
}

bool laws_inside(struct span inner, struct span outer)
{
	return !inner.len || (inner.off >= outer.off &&
			      span_end(inner) <= span_end(outer));
}

struct alg_ep laws_ep(u8 a, u8 b, u8 c, u8 d, u16 port)
{
	struct alg_ep ep;

	memset(&ep, 0, sizeof(ep));
	ep.ip[0] = a;
	ep.ip[1] = b;
	ep.ip[2] = c;
	ep.ip[3] = d;
	ep.port = port;
	ep.family = 4;
	return ep;
}

struct alg_pkt laws_pkt(const char *data, size_t len, enum alg_dir dir)
{
	return (struct alg_pkt){
		.data = data,
		.len = (u32)len,
		.lan = laws_ep(192, 168, 1, 10, ALG_SIP_PORT),
		.wan = laws_ep(45, 0, 2, 2, ALG_SIP_PORT),
		.peer = laws_ep(52, 0, 0, 10, ALG_SIP_PORT),
		.dir = (u8)dir,
		.proto = ALG_UDP,
		.seed = 1,
	};
}

static bool is_host_char(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '-' || c == '_';
}

/*
 * Law 4: a literal is replaced as a whole. What stands on either side of an
 * edit belongs to no host and to no number.
 */
static bool cuts_a_word(const struct alg_ctx *ctx, const struct edit *e)
{
	const struct alg_pkt *pkt = ctx->pkt;
	u32 end = span_end(e->at);

	if (!e->at.len)
		return false;
	return (e->at.off && is_host_char(pkt->data[e->at.off]) &&
		is_host_char(pkt->data[e->at.off - 1])) ||
	       (end < pkt->len && is_host_char(pkt->data[end - 1]) &&
		is_host_char(pkt->data[end]));
}

static const char *check_words(const struct alg_ctx *ctx)
{
	unsigned int i;

	for (i = 0; i < ctx->edits.n; i++)
		if (cuts_a_word(ctx, &ctx->edits.edit[i]))
			return "an edit replaces a part of a word";
	return NULL;
}

/* The message before and after, for who has to repair it. */
static void show(const struct alg_ctx *ctx, const struct alg_pkt *pkt)
{
	static char out[2 * ALG_MAX_MSG];
	size_t len = props_output(ctx, pkt, out, sizeof(out));

	fprintf(stderr, "--- before, %s\n", pkt->dir == ALG_OUT ? "out" : "in");
	text_show(stderr, pkt->data, pkt->len, "|");
	fprintf(stderr, "--- after, %s\n", alg_reason_name(ctx->reason));
	text_show(stderr, out, len, "|");
}

void laws_run(struct fakehost *fh, struct alg_ctx *ctx,
	      struct alg_pkt *pkt, const char *who)
{
	static struct fakehost before;
	const char *broken;

	before = *fh;
	fakehost_run(fh, ctx, pkt);
	broken = props_check(ctx, fh, &before);
	if (!broken)
		broken = check_words(ctx);
	if (!broken)
		return;
	show(ctx, pkt);
	fprintf(stderr, "not kept: %s (%s)\n", broken, who);
	abort();
}
