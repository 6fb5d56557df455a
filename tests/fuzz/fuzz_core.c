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
#include "props.h"

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

static struct fakehost fh, before;
static struct alg_ctx ctx;

static struct alg_ep endpoint(u8 a, u8 b, u8 c, u8 d, u16 port)
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
	char *copy = malloc(size ? size : 1);
	struct alg_pkt pkt = {
		.data = copy,
		.len = (u32)size,
		.lan = endpoint(192, 168, 1, 10, ALG_SIP_PORT),
		.wan = endpoint(45, 0, 2, 2, ctrl & CTRL_MAPPED ? 40960 :
				ALG_SIP_PORT),
		.peer = endpoint(52, 0, 0, 10, ALG_SIP_PORT),
		.dir = ctrl & CTRL_IN ? ALG_IN : ALG_OUT,
		.proto = ALG_UDP,
		.seed = 1,
	};
	const char *broken;

	if (!copy)
		abort();
	memcpy(copy, data, size);
	if (fh.nbind > FH_MAX_BINDS / 2)
		fh.nbind = 1;
	if (fh.nmedia > FH_MAX_MEDIA / 2)
		fh.nmedia = 0;
	fh.media_offset = ctrl & CTRL_MOVED ? 2000 : 0;
	set_failures(ctrl);
	before = fh;
	ctx.flags = ctrl & CTRL_NOTES ? ALG_CTX_NOTES : 0;
	fakehost_run(&fh, &ctx, &pkt);
	broken = props_check(&ctx, &fh, &before);
	if (broken) {
		fprintf(stderr, "broken law: %s (control 0x%02x)\n", broken,
			ctrl);
		abort();
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const u8 *end = data + size, *next;
	struct alg_ep lan = endpoint(192, 168, 1, 10, ALG_SIP_PORT);
	struct alg_ep wan = endpoint(45, 0, 2, 2, ALG_SIP_PORT);
	unsigned int n;
	u8 ctrl = 0;

	fakehost_init(&fh);
	fakehost_bind(&fh, &lan, &wan, FH_OURS);
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
