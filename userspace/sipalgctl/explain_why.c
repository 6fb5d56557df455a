// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_why.c - the words around the result of `explain`: what was assumed,
 * why it came out so, which argument may be missing, what the names mean.
 */
#include <stdio.h>

#include "explain.h"
#include "out.h"

static void print_assumed(const struct explain *x)
{
	char lan[EXPLAIN_EP], wan[EXPLAIN_EP], peer[EXPLAIN_EP];

	explain_ep(&x->pkt.lan, lan, sizeof(lan));
	explain_ep(&x->pkt.wan, wan, sizeof(wan));
	explain_ep(&x->pkt.peer, peer, sizeof(peer));
	printf("assumed: lan %s  wan %s  peer %s  dir %s\n", lan, wan, peer,
	       x->pkt.dir == ALG_OUT ? "out" : "in");
}

static bool has_address(const struct explain *x, const struct alg_ep *ep)
{
	struct sip_buf b = { .data = x->pkt.data, .len = x->pkt.len };
	struct addr_text text;

	addr_render(ep, &text);
	return addr_find(&b, 0, b.len, &text) < b.len;
}

/* A private address where the sender writes its own, or NULL. */
static const struct alg_kept *find_sender(const struct explain *x)
{
	unsigned int i;

	for (i = 0; i < x->ctx.nkept; i++) {
		const struct alg_kept *k = &x->ctx.kept[i];

		if (k->reason == ALG_REASON_KEPT_NOT_OURS &&
		    (k->field == ALG_FIELD_VIA ||
		     k->field == ALG_FIELD_CONTACT))
			return k;
	}
	return NULL;
}

/* The address of a literal ADDR:PORT, or none. */
static int addr_len(const struct explain *x, const struct alg_kept *k)
{
	const char *text = x->pkt.data + k->text.off;
	int len = 0;

	while (len < k->text.len &&
	       (span_is_digit(text[len]) || text[len] == '.'))
		len++;
	return len;
}

/* Nothing to do: was it explained as another host's, or the wrong way? */
static void print_other_words(const struct explain *x)
{
	const struct alg_kept *k = find_sender(x);
	const char *text = k ? x->pkt.data + k->text.off : "";
	int len = k ? addr_len(x, k) : 0;

	if (x->pkt.dir == ALG_OUT && len)
		printf("hint:    %.*s in %s is not lan: try `lan %.*s`\n", len,
		       text, alg_field_name(k->field), len, text);
	else if (x->pkt.dir == ALG_OUT && has_address(x, &x->pkt.wan))
		puts("hint:    the address of wan is in it: try `dir in`");
	else if (x->pkt.dir == ALG_IN && has_address(x, &x->pkt.lan))
		puts("hint:    the address of lan is in it: try `dir out`");
}

void explain_why(const struct explain *x, const char *verdict)
{
	const char *hint = alg_reason_hint(x->ctx.reason);

	print_assumed(x);
	printf("verdict: %s\nreason:  %s: %s\n", verdict,
	       alg_reason_name(x->ctx.reason), alg_reason_text(x->ctx.reason));
	if (x->ctx.verdict == ALG_SAME && !x->ctx.edits.n)
		print_other_words(x);
	/* the hint of what is malformed is to look here */
	if (*hint && x->ctx.reason != ALG_REASON_RAW_MALFORMED)
		printf("hint:    %s\n", hint);
	explain_faults(x);
}

static void add_meaning(json_t *rows, unsigned int reason)
{
	const char *hint = alg_reason_hint(reason);

	json_array_append_new(rows,
			      json_pack("{s:s, s:o}", "reason",
					alg_reason_name(reason), "text",
					json_sprintf("%s%s%s",
						     alg_reason_text(reason),
						     *hint ? "; " : "", hint)));
}

/* Each name once, in the order of reason.h. */
void explain_legend(const struct ctl *ctl, const struct explain *x)
{
	static const struct out_column columns[] = {
		{ "reason", "REASON", 0 }, { "text", "MEANING", 0 },
		{ NULL, NULL, 0 },
	};
	bool used[ALG_REASON_MAX] = { false };
	json_t *rows = json_array();
	unsigned int i;

	for (i = 0; i < x->ctx.edits.n; i++)
		used[x->ctx.edits.edit[i].why.reason] = true;
	for (i = 0; i < x->ctx.nkept; i++)
		used[x->ctx.kept[i].reason] = true;
	for (i = 0; i < ALG_REASON_MAX; i++) {
		if (used[i])
			add_meaning(rows, i);
	}
	if (json_array_size(rows)) {
		puts("\nreasons:");
		out_list(ctl, columns, rows);
	}
	json_decref(rows);
}
