// SPDX-License-Identifier: GPL-2.0-only
/*
 * through.c - messages through the core in user space, as fast as they come.
 *
 * stdin: "LENGTH out|in SIP-PORT MEDIA-MOVE\n" and the message, again and
 * again; each goes through a host of its own. stdout: "LENGTH VERDICT REASON
 * STATE\n" and the message as it leaves; STATE is how much the message made
 * the host remember. A law that is broken makes the verdict "broken" and the
 * message says which.
 */
#include <stdlib.h>
#include "props.h"
#include "text.h"

static struct fakehost fh, before;
static struct alg_ctx ctx;

static const char *verdict_name(unsigned int verdict)
{
	static const char * const name[] = {
		[ALG_PASS] = "pass", [ALG_SAME] = "same",
		[ALG_REWRITE] = "rewrite", [ALG_RAW] = "raw",
		[ALG_DROP] = "drop",
	};

	return verdict < ARRAY_SIZE(name) ? name[verdict] : "?";
}

static void answer(const char *verdict, const char *data, size_t len)
{
	printf("%zu %s %s %u\n", len, verdict, alg_reason_name(ctx.reason),
	       fh.nreg + fh.ncall + fh.nmedia + fh.nbind - before.nbind);
	fwrite(data, 1, len, stdout);
}

static void run(struct alg_pkt *pkt, int move)
{
	static char out[2 * ALG_MAX_MSG];
	const char *broken;

	fakehost_init(&fh);
	fakehost_bind(&fh, &pkt->lan, &pkt->wan, FH_OURS);
	fh.sip_offset = 1000;
	fh.media_offset = move;
	before = fh;
	ctx.flags = 0;
	fakehost_run(&fh, &ctx, pkt);
	broken = props_check(&ctx, &fh, &before);
	if (broken)
		answer("broken", broken, strlen(broken));
	else
		answer(verdict_name(ctx.verdict), out,
		       props_output(&ctx, pkt, out, sizeof(out)));
}

int main(void)
{
	struct alg_pkt pkt;
	unsigned int port;
	char word[4];
	size_t len;
	char *data;
	int move;

	while (scanf("%zu %3s %u %d", &len, word, &port, &move) == 4) {
		if (getchar() != '\n' || len > ALG_MAX_MSG)
			return 1;
		data = text_room(len + 1);
		if (fread(data, 1, len, stdin) != len)
			return 1;
		pkt = text_pkt(strcmp(word, "in") ? ALG_OUT : ALG_IN,
			       guard_copy(data, len), len);
		pkt.wan.port = (u16)port;
		run(&pkt, move);
		guard_free((char *)pkt.data, len);
		free(data);
	}
	return 0;
}
