// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_core.c - one message after another through the core, between two
 * requests to callgrind: parse, plan and apply in place as the module does,
 * warm, with a host that costs next to nothing.
 *
 * tests/perf/bench-core runs it and reads the counts; alone it only prints
 * what it would measure: label, bytes, limit, verdict.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <valgrind/callgrind.h>
#include "alg.h"
#include "hostile.h"

enum {
	WARM_RUNS	= 3,
	MAX_TEXT	= 70000,
};

/* One registration and one dialog: what the messages are about. */
static struct alg_reg reg;
static struct alg_call call;
static struct alg_bind binding;
static struct alg_ctx ctx;
static char message[MAX_TEXT + EDIT_TEXT];	/* changed where it stands */

static int bind_out(struct alg_ctx *c, const struct alg_ep *lan,
		    struct alg_bind *bind)
{
	(void)c;
	*bind = binding;
	bind->lan.port = lan->port;
	bind->wan.port = lan->port;
	return 0;
}

static int bind_in(struct alg_ctx *c, const struct alg_ep *wan,
		   struct alg_bind *bind)
{
	(void)c;
	*bind = binding;
	bind->lan.port = wan->port;
	bind->wan.port = wan->port;
	return 0;
}

static void bind_flags(struct alg_ctx *c, const struct alg_bind *bind,
		       u8 flags)
{
	(void)c;
	(void)bind;
	binding.flags = flags;
}

static int media_open(struct alg_ctx *c, struct alg_media *media)
{
	(void)c;
	media->wan = binding.wan;
	media->wan.port = (u16)(media->lan.port + 20000);
	media->wan_rtcp_port = !media->lan_rtcp_port ? 0 :
		(u16)(media->lan_rtcp_port + 20000);
	return 0;
}

static void media_remote(struct alg_ctx *c, unsigned int index,
			 const struct alg_ep *remote, u16 rtcp_port)
{
	(void)c;
	(void)index;
	(void)remote;
	(void)rtcp_port;
}

static struct alg_reg *reg_find(struct alg_ctx *c, u64 key)
{
	(void)c;
	return reg.key == key ? &reg : NULL;
}

static struct alg_call *call_find(struct alg_ctx *c, u64 key)
{
	(void)c;
	return call.key == key ? &call : NULL;
}

static const struct alg_host bench_host = {
	.bind_out = bind_out,
	.bind_in = bind_in,
	.bind_flags = bind_flags,
	.media_open = media_open,
	.media_remote = media_remote,
	.reg_find = reg_find,
	.call_find = call_find,
};

static struct alg_ep endpoint(u8 a, u8 b, u8 c, u8 d)
{
	struct alg_ep ep;

	memset(&ep, 0, sizeof(ep));
	ep.ip[0] = a;
	ep.ip[1] = b;
	ep.ip[2] = c;
	ep.ip[3] = d;
	ep.port = ALG_SIP_PORT;
	ep.family = 4;
	return ep;
}

/* What is counted: from the bytes that came to the bytes that leave. */
__attribute__((__noinline__))
static void process(const struct alg_pkt *pkt)
{
	ctx.pkt = pkt;
	if (alg_run(&ctx) == ALG_REWRITE)
		edit_inplace(message, pkt->len, &ctx.edits);
}

/* As the host does at commit: the next message finds it. */
static void take_step(void)
{
	switch (ctx.step.what) {
	case ALG_STEP_REG_PENDING:
	case ALG_STEP_REG_ACTIVE:
		reg = ctx.step.reg;
		break;
	case ALG_STEP_REG_FAILED:
	case ALG_STEP_REG_END:
		reg.key = 0;
		break;
	case ALG_STEP_CALL_NEW:
	case ALG_STEP_CALL_UPDATE:
	case ALG_STEP_CALL_ANSWER:
	case ALG_STEP_CALL_REJECT:
		call = ctx.step.call;
		break;
	case ALG_STEP_CALL_END:
		call.key = 0;
		break;
	}
}

static void measure(const char *label, const char *limit, const char *data,
		    size_t len, enum alg_dir dir)
{
	struct addr_text lan_text, wan_text;
	struct alg_pkt pkt = {
		.lan_text = &lan_text,
		.wan_text = &wan_text,
		.data = message,
		.len = (u32)len,
		.lan = binding.lan,
		.wan = binding.wan,
		.peer = endpoint(52, 0, 0, 10),
		.dir = (u8)dir,
		.proto = ALG_UDP,
		.seed = 0x5eed,
	};
	int i;

	addr_render(&pkt.lan, &lan_text);	/* once a flow, as the host does */
	addr_render(&pkt.wan, &wan_text);
	for (i = 0; i < WARM_RUNS; i++) {
		memcpy(message, data, len);
		process(&pkt);
	}
	memcpy(message, data, len);
	CALLGRIND_ZERO_STATS;
	process(&pkt);
	CALLGRIND_DUMP_STATS_AT(label);
	printf("%s\t%zu\t%s\t%s\n", label, len, limit,
	       alg_reason_name(ctx.reason));
	if (ctx.verdict == ALG_REWRITE || ctx.verdict == ALG_SAME)
		take_step();
}

/* The price of the two requests themselves. */
static void measure_nothing(void)
{
	CALLGRIND_ZERO_STATS;
	CALLGRIND_DUMP_STATS_AT("nothing");
	printf("nothing\t0\t-\t-\n");
}

static size_t load(const char *dir, const char *name, char *text)
{
	char path[PATH_MAX];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.sip", dir, name);
	f = fopen(path, "rb");
	if (f) {
		n = fread(text, 1, MAX_TEXT, f);
		fclose(f);
	}
	if (!n) {
		perror(path);
		exit(1);
	}
	return n;
}

static void measure_messages(const char *dir)
{
	static char text[MAX_TEXT];
	char path[PATH_MAX], line[256], name[64], way[8], limit[16];
	FILE *f;

	snprintf(path, sizeof(path), "%s/index.tsv", dir);
	f = fopen(path, "r");
	if (!f) {
		perror(path);
		exit(1);
	}
	while (fgets(line, sizeof(line), f)) {
		if (*line == '#' || sscanf(line, "%63s %7s %15s", name, way,
					   limit) != 3)
			continue;
		measure(name, limit, text, load(dir, name, text),
			*way == 'i' ? ALG_IN : ALG_OUT);
	}
	fclose(f);
}

/* Each kind: the frame, then sizes of which the second is twice the first. */
static void measure_hostile(void)
{
	static const size_t sizes[] = { 0, 1000, 2000, 12250, 24500, 31750,
					63500 };
	static char text[MAX_TEXT];
	char label[64];
	size_t i, n;
	int kind;

	for (kind = 0; kind < HOSTILE_KINDS; kind++)
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			n = hostile_make((enum hostile_kind)kind, sizes[i],
					 text);
			snprintf(label, sizeof(label), "%s/%zu",
				 hostile_name((enum hostile_kind)kind),
				 sizes[i]);
			call.key = 0;
			measure(label, "hostile", text, n, ALG_OUT);
		}
}

int main(int argc, char **argv)
{
	binding.lan = endpoint(192, 168, 1, 10);
	binding.wan = endpoint(45, 0, 2, 2);
	binding.flags = ALG_BIND_VIA_OURS | ALG_BIND_CONTACT_OURS;
	ctx.host = &bench_host;
	measure_nothing();
	measure_messages(argc > 1 ? argv[1] : "tests/messages");
	measure_hostile();
	return 0;
}
