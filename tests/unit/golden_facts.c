// SPDX-License-Identifier: GPL-2.0-only
/*
 * golden_facts.c - what a run did, in words: the `>` lines of a golden case.
 *
 * Must name everything the core decided, so that nothing can change unseen.
 */
#include "golden.h"
#include "text.h"

static const char *verdict_name(unsigned int v)
{
	static const char * const names[] = {
		[ALG_PASS] = "pass", [ALG_SAME] = "same",
		[ALG_REWRITE] = "rewrite", [ALG_RAW] = "raw",
		[ALG_DROP] = "drop",
	};

	return v < ARRAY_SIZE(names) ? names[v] : "?";
}

static const char *step_name(unsigned int what)
{
	static const char * const names[] = {
		[ALG_STEP_NONE] = "none",
		[ALG_STEP_REG_PENDING] = "reg-pending",
		[ALG_STEP_REG_ACTIVE] = "reg-active",
		[ALG_STEP_REG_FAILED] = "reg-failed",
		[ALG_STEP_REG_END] = "reg-end",
		[ALG_STEP_CALL_NEW] = "call-new",
		[ALG_STEP_CALL_UPDATE] = "call-update",
		[ALG_STEP_CALL_ANSWER] = "call-answer",
		[ALG_STEP_CALL_REJECT] = "call-reject",
		[ALG_STEP_CALL_END] = "call-end",
	};

	return what < ARRAY_SIZE(names) ? names[what] : "?";
}

static const char *state_name(unsigned int state)
{
	static const char * const names[] = {
		[ALG_CALL_EARLY] = "early",
		[ALG_CALL_CONFIRMED] = "confirmed",
		[ALG_CALL_HELD] = "held",
		[ALG_CALL_ENDED] = "ended",
	};

	return state < ARRAY_SIZE(names) ? names[state] : "?";
}

static const char *kind_name(unsigned int kind)
{
	static const char * const names[] = {
		[ALG_MEDIA_RTP] = "rtp", [ALG_MEDIA_RTCP] = "rtcp",
		[ALG_MEDIA_MUX] = "rtp+rtcp", [ALG_MEDIA_UDPTL] = "udptl",
		[ALG_MEDIA_OTHER] = "other",
	};

	return kind < ARRAY_SIZE(names) ? names[kind] : "?";
}

static void add_media(struct gold *g, struct gold_buf *out)
{
	unsigned int i;

	for (i = 0; i < g->fh.nmedia; i++) {
		const struct alg_media *m = &g->fh.media[i].media;

		if (!g->fh.media[i].fresh)
			continue;
		gold_printf(out, "media %u %s %s/%u -> %s/%u\n", m->index,
			    kind_name(m->kind), text_ep_str(&m->lan),
			    m->lan_rtcp_port, text_ep_str(&m->wan),
			    m->wan_rtcp_port);
	}
	for (i = 0; i < g->fh.nremote; i++)
		gold_printf(out, "remote %u %s/%u\n", g->fh.remote[i].index,
			    text_ep_str(&g->fh.remote[i].ep),
			    g->fh.remote[i].rtcp_port);
}

static void add_step(struct gold *g, struct gold_buf *out)
{
	const struct alg_step *s = &g->ctx.step;

	gold_printf(out, "step %s", step_name(s->what));
	switch (s->what) {
	case ALG_STEP_REG_PENDING:
	case ALG_STEP_REG_ACTIVE:
		gold_printf(out, " asked %u expires %u", s->reg.asked,
			    s->reg.expires);
		/* fall through */
	case ALG_STEP_REG_FAILED:
	case ALG_STEP_REG_END:
		if (s->lan_contact.family)
			gold_printf(out, " %s -> %s",
				    text_ep_str(&s->lan_contact),
				    text_ep_str(&s->wan_contact));
		break;
	case ALG_STEP_CALL_NEW:
	case ALG_STEP_CALL_UPDATE:
	case ALG_STEP_CALL_ANSWER:
	case ALG_STEP_CALL_REJECT:
		gold_printf(out, " %s", state_name(s->call.state));
		break;
	}
	gold_printf(out, "\n");
	if (g->also & GOLD_NAMES && s->what >= ALG_STEP_REG_PENDING &&
	    s->what <= ALG_STEP_REG_END)
		gold_printf(out, "aor %.*s\ncontact %.*s\n",
			    (int)s->aor.len, g->ctx.pkt->data + s->aor.off,
			    (int)s->contact.len,
			    g->ctx.pkt->data + s->contact.off);
}

static void add_edits(struct gold *g, struct gold_buf *out)
{
	const struct edit_list *l = &g->ctx.edits;
	unsigned int i;

	for (i = 0; i < l->n; i++) {
		const struct edit *e = &l->edit[i];

		gold_printf(out, "edit %s %.*s -> %.*s %s\n",
			    alg_field_name(e->why.field), (int)e->at.len,
			    g->ctx.pkt->data + e->at.off, (int)e->len,
			    edit_text(e), alg_reason_name(e->why.reason));
	}
}

static void add_kept(struct gold *g, struct gold_buf *out)
{
	unsigned int i;

	for (i = 0; i < g->ctx.nkept; i++) {
		const struct alg_kept *k = &g->ctx.kept[i];

		gold_printf(out, "kept %s %.*s %s\n", alg_field_name(k->field),
			    (int)k->text.len, g->ctx.pkt->data + k->text.off,
			    alg_reason_name(k->reason));
	}
}

static void add_binds(struct gold *g, struct gold_buf *out)
{
	static const char * const names[] = {
		"via-noport", "contact-noport", "route-noport",
		"via-ours", "contact-ours", "route-ours",
	};
	unsigned int i, bit;

	for (i = 0; i < g->fh.nbind; i++) {
		const struct alg_bind *b = &g->fh.bind[i];

		gold_printf(out, "bind %s %s", text_ep_str(&b->lan),
			    text_ep_str(&b->wan));
		for (bit = 0; bit < ARRAY_SIZE(names); bit++)
			if (b->flags & 1 << bit)
				gold_printf(out, " %s", names[bit]);
		gold_printf(out, "\n");
	}
}

void gold_facts(struct gold *g, struct gold_buf *out)
{
	const struct alg_ctx *ctx = &g->ctx;

	gold_printf(out, "verdict %s %s\n", verdict_name(ctx->verdict),
		    ctx->verdict == ALG_PASS ? "-" :
		    alg_reason_name(ctx->reason));
	if (ctx->verdict == ALG_PASS)
		return;
	add_media(g, out);
	if (alg_keeps_step(ctx))
		add_step(g, out);
	if (g->also & GOLD_EDITS)
		add_edits(g, out);
	if (g->also & GOLD_KEPT)
		add_kept(g, out);
	if (g->also & GOLD_BINDS)
		add_binds(g, out);
	if (g->also & GOLD_STATE)
		gold_printf(out, "state regs %u calls %u media %u\n",
			    g->fh.nreg, g->fh.ncall, g->fh.nmedia);
	if (g->also & GOLD_ASKS)
		gold_printf(out, "asks bind_out %u bind_in %u media_open %u\n",
			    g->fh.calls[FH_BIND_OUT], g->fh.calls[FH_BIND_IN],
			    g->fh.calls[FH_MEDIA_OPEN]);
}
