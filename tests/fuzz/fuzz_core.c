// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_core.c - libFuzzer target of the whole core.
 *
 * The input is one message, or several that follow each other on one flow,
 * each after RS (0x1e) and a control byte: direction, port mapping, which
 * operation of the host fails, ports kept or moved. A first message without
 * RS goes out. After each one the laws of tests/unit/props.c must hold.
 */
#include <stdio.h>
#include <stdlib.h>
#include "fuzz.h"
#include "laws.h"

enum {
	RECORD		= 0x1e,
	CTRL_IN		= 1 << 0,	/* from the far end */
	CTRL_MAPPED	= 1 << 1,	/* NAT moved the port */
	CTRL_MOVED	= 1 << 2,	/* media ports move */
	CTRL_FAIL	= 3 << 3,	/* nothing, bind_out, bind_in, media */
	CTRL_LATER	= 1 << 5,	/* it fails from the second time on */
	CTRL_NOTES	= 1 << 6,
	MAX_RECORDS	= 12,
};

static struct fakehost fh;
static struct alg_ctx ctx;

static void set_failures(u8 ctrl)
{
	static const enum fh_op ops[] = {
		FH_OPS, FH_BIND_OUT, FH_BIND_IN, FH_MEDIA_OPEN,
	};
	enum fh_op op = ops[(ctrl & CTRL_FAIL) >> 3];

	memset(fh.fail_err, 0, sizeof(fh.fail_err));
	if (op == FH_OPS)
		return;
	fh.fail_err[op] = op == FH_BIND_IN ? -ENOENT : -ENOSPC;
	fh.fail_from[op] = ctrl & CTRL_LATER ? 2 : 1;
}

/* The message in memory of its own size: ASan sees one byte too far. */
static void run_message(const u8 *data, size_t size, u8 ctrl)
{
	char *copy = laws_copy(data, size);
	struct alg_pkt pkt = laws_pkt(copy, size, ctrl & CTRL_IN ? ALG_IN :
				      ALG_OUT);
	char who[32];

	if (ctrl & CTRL_MAPPED)
		pkt.wan.port = 40960;
	if (fh.nbind > FH_MAX_BINDS / 2)
		fh.nbind = 1;
	if (fh.nmedia > FH_MAX_MEDIA / 2)
		fh.nmedia = 0;
	fh.media_offset = ctrl & CTRL_MOVED ? 2000 : 0;
	set_failures(ctrl);
	ctx.flags = ctrl & CTRL_NOTES ? ALG_CTX_NOTES : 0;
	snprintf(who, sizeof(who), "control 0x%02x", ctrl);
	laws_run(&fh, &ctx, &pkt, who);
	free(copy);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const u8 *end = data + size, *next;
	const struct alg_pkt pkt = laws_pkt(NULL, 0, ALG_OUT);
	unsigned int n;
	u8 ctrl = 0;

	fakehost_init(&fh);
	fakehost_bind(&fh, &pkt.lan, &pkt.wan, FH_OURS);
	for (n = 0; n < MAX_RECORDS && data < end; n++) {
		if (*data == RECORD) {
			ctrl = data + 1 < end ? data[1] : 0;
			data += data + 1 < end ? 2 : 1;
		}
		next = memchr(data, RECORD, (size_t)(end - data));
		if (!next)
			next = end;
		run_message(data, (size_t)(next - data), ctrl);
		data = next;
	}
	return 0;
}
