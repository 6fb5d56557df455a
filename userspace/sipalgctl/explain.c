// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain.c - `explain`: what the module would do to a message, and why.
 *
 * The core is the same source as in the module; explain_host.c stands for
 * the router around it. Needs no module and no permission.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "out.h"

enum {
	EXPLAIN_MAX_FILE = 16 << 20,	/* far beyond any message */
};

/**
 * struct explain_args - the words behind FILE
 * @raw: write the message as it would leave and nothing else
 */
struct explain_args {
	const char *file;
	bool raw;
};

/* ADDR or ADDR:PORT */
static bool parse_endpoint(const char *word, struct alg_ep *ep)
{
	const char *colon = strchr(word, ':');
	char addr[INET_ADDRSTRLEN];
	unsigned long port = ALG_SIP_PORT;
	size_t len = colon ? (size_t)(colon - word) : strlen(word);

	if (len >= sizeof(addr))
		return false;
	memcpy(addr, word, len);
	addr[len] = '\0';
	if (colon && (!words_number(colon + 1, 65535, &port) || !port))
		return false;

	memset(ep, 0, sizeof(*ep));
	if (inet_pton(AF_INET, addr, ep->ip) != 1)
		return false;
	ep->port = port;
	ep->family = 4;
	return true;
}

static int read_endpoint(struct ctl *ctl, struct words *w, struct alg_ep *ep)
{
	const char *word = words_next(w);

	if (!word)
		return words_missing(ctl, w, "ADDR or ADDR:PORT is missing");
	if (!parse_endpoint(word, ep))
		return words_wrong(ctl, w,
				   "this is not an IPv4 ADDR or ADDR:PORT");
	return CTL_DONE;
}

static int read_dir(struct ctl *ctl, struct words *w, uint8_t *dir)
{
	const char *word = words_next(w);

	if (!word)
		return words_missing(ctl, w, "out or in is missing");
	if (!strcmp(word, "out"))
		*dir = ALG_OUT;
	else if (!strcmp(word, "in"))
		*dir = ALG_IN;
	else
		return words_wrong(ctl, w, "the direction is out or in");
	return CTL_DONE;
}

static int read_offset(struct ctl *ctl, struct words *w, int *offset)
{
	const char *word = words_next(w);
	unsigned long n;

	if (!word)
		return words_missing(ctl, w, "the offset is missing");
	if (!words_number(word + (*word == '-'), 65535, &n))
		return words_wrong(ctl, w,
				   "an offset is a number from -65535 to 65535");
	*offset = *word == '-' ? -(int)n : (int)n;
	return CTL_DONE;
}

static int read_arg(struct ctl *ctl, struct words *w, struct explain *x,
		    struct explain_args *args)
{
	const char *word = words_next(w);

	if (!strcmp(word, "lan"))
		return read_endpoint(ctl, w, &x->pkt.lan);
	if (!strcmp(word, "wan"))
		return read_endpoint(ctl, w, &x->pkt.wan);
	if (!strcmp(word, "peer"))
		return read_endpoint(ctl, w, &x->pkt.peer);
	if (!strcmp(word, "dir"))
		return read_dir(ctl, w, &x->pkt.dir);
	if (!strcmp(word, "offset"))
		return read_offset(ctl, w, &x->offset);
	if (!strcmp(word, "raw")) {
		args->raw = true;
		return CTL_DONE;
	}
	return words_wrong(ctl, w,
			   "expected one of: lan wan peer dir offset raw");
}

static int read_args(struct ctl *ctl, struct words *w, struct explain *x,
		     struct explain_args *args)
{
	int ret = CTL_DONE;

	parse_endpoint("192.168.1.10:5060", &x->pkt.lan);
	parse_endpoint("45.0.2.2:5060", &x->pkt.wan);
	parse_endpoint("52.0.0.10:5060", &x->pkt.peer);
	x->pkt.dir = ALG_OUT;
	x->pkt.proto = ALG_UDP;
	x->pkt.seed = 1;	/* nothing is stored: any will do */

	args->file = words_next(w);
	if (!args->file)
		return words_missing(ctl, w,
				     "the file with the message is missing, or - for stdin");
	while (!ret && words_peek(w))
		ret = read_arg(ctl, w, x, args);
	return ret;
}

/* Return: 0, or -errno; -EFBIG when it is no message by its size alone. */
static int read_stream(FILE *file, char **data, uint32_t *len)
{
	size_t size = 65536, used = 0;
	char *more;

	*data = NULL;
	do {
		size *= 2;
		more = realloc(*data, size);
		if (!more)
			return -ENOMEM;
		*data = more;
		used += fread(*data + used, 1, size - used, file);
	} while (used == size && size < EXPLAIN_MAX_FILE);
	if (ferror(file))
		return errno ? -errno : -EIO;
	*len = used;
	return used == size ? -EFBIG : 0;
}

static int read_file(struct ctl *ctl, const char *name, char **data,
		     uint32_t *len)
{
	bool is_stdin = !strcmp(name, "-");
	FILE *file = is_stdin ? stdin : fopen(name, "re");
	int err;

	*data = NULL;
	if (!file)
		return ctl_error(ctl, CTL_USAGE, "cannot open %s: %s", name,
				 strerror(errno));
	errno = 0;
	err = read_stream(file, data, len);
	if (!is_stdin)
		fclose(file);
	if (err)
		return ctl_error(ctl, CTL_USAGE, "cannot read %s: %s", name,
				 strerror(-err));
	if (!*len)
		return ctl_error(ctl, CTL_USAGE, "%s is empty", name);
	return CTL_DONE;
}

/* Run the core and make the bytes that would leave. */
static int run_core(struct ctl *ctl, struct explain *x)
{
	int len;

	x->ctx.host = &explain_host;
	x->ctx.host_priv = x;
	addr_render(&x->pkt.lan, &x->lan_text);
	addr_render(&x->pkt.wan, &x->wan_text);
	x->pkt.lan_text = &x->lan_text;
	x->pkt.wan_text = &x->wan_text;
	x->ctx.pkt = &x->pkt;
	x->ctx.flags = ALG_CTX_NOTES;
	alg_run(&x->ctx);
	if (!alg_keeps_step(&x->ctx))
		x->nmedia = 0;

	x->out_len = x->pkt.len;
	if (x->ctx.verdict == ALG_REWRITE)
		x->out_len += x->ctx.edits.delta;
	x->out = malloc(x->out_len + 1);
	if (!x->out)
		return ctl_error(ctl, CTL_USAGE, "out of memory");
	if (x->ctx.verdict != ALG_REWRITE) {
		memcpy(x->out, x->pkt.data, x->pkt.len);
		return CTL_DONE;
	}
	len = edit_apply(x->pkt.data, x->pkt.len, &x->ctx.edits, x->out,
			 x->out_len);
	if (len < 0 || (uint32_t)len != x->out_len)
		return ctl_error(ctl, CTL_USAGE,
				 "the core made a plan that cannot be carried out");
	return CTL_DONE;
}

void explain_ep(const struct alg_ep *ep, char *text, size_t size)
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(ep->family == 4 ? AF_INET : AF_INET6, ep->ip, addr,
		  sizeof(addr));
	snprintf(text, size, ep->family == 4 ? "%s:%u" : "[%s]:%u", addr,
		 ep->port);
}

static json_t *endpoint_text(const struct alg_ep *ep)
{
	char text[EXPLAIN_EP];

	if (!ep->family)
		return json_null();
	explain_ep(ep, text, sizeof(text));
	return json_string(text);
}

static json_t *edit_row(const struct explain *x, const struct edit *e)
{
	json_t *old = out_bytes(x->pkt.data + e->at.off, e->at.len);
	json_t *new = out_bytes(edit_text(e), e->len);

	return json_pack("{s:s, s:i, s:o, s:o, s:s}",
			 "field", alg_field_name(e->why.field),
			 "offset", (int)e->at.off,
			 "old", old,
			 "new", new,
			 "reason", alg_reason_name(e->why.reason));
}

static json_t *edit_list(const struct explain *x)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < x->ctx.edits.n; i++)
		json_array_append_new(list,
				      edit_row(x, &x->ctx.edits.edit[i]));
	return list;
}

static json_t *kept_row(const struct explain *x, const struct alg_kept *k)
{
	json_t *text = out_bytes(x->pkt.data + k->text.off, k->text.len);

	return json_pack("{s:s, s:i, s:o, s:s}",
			 "field", alg_field_name(k->field),
			 "offset", (int)k->text.off,
			 "text", text,
			 "reason", alg_reason_name(k->reason));
}

static json_t *kept_list(const struct explain *x)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < x->ctx.nkept; i++)
		json_array_append_new(list, kept_row(x, &x->ctx.kept[i]));
	return list;
}

static json_t *media_row(const struct explain_media *m)
{
	static const char *const kinds[] = {
		[ALG_MEDIA_RTP] = "rtp",	[ALG_MEDIA_RTCP] = "rtcp",
		[ALG_MEDIA_MUX] = "rtp+rtcp",	[ALG_MEDIA_UDPTL] = "udptl",
		[ALG_MEDIA_OTHER] = "other",
	};

	return json_pack("{s:s, s:o, s:o, s:o}",
			 "kind", kinds[m->kind],
			 "lan", endpoint_text(&m->lan),
			 "wan", endpoint_text(&m->wan),
			 "remote", endpoint_text(&m->remote));
}

static json_t *media_list(const struct explain *x)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < x->nmedia; i++)
		json_array_append_new(list, media_row(&x->media[i]));
	return list;
}

static json_t *base64(const char *data, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = (const void *)data;
	char *text = malloc((len + 2) / 3 * 4 + 1), *out = text;
	json_t *value;
	size_t i;

	for (i = 0; text && i < len; i += 3) {
		unsigned int left = len - i;
		unsigned int word = in[i] << 16;

		word |= left > 1 ? in[i + 1] << 8 : 0;
		word |= left > 2 ? in[i + 2] : 0;
		*out++ = digits[word >> 18];
		*out++ = digits[word >> 12 & 63];
		*out++ = left > 1 ? digits[word >> 6 & 63] : '=';
		*out++ = left > 2 ? digits[word & 63] : '=';
	}
	value = text ? json_stringn(text, out - text) : json_null();
	free(text);
	return value;
}

static json_t *make_result(const struct explain *x)
{
	static const char *const verdicts[] = {
		[ALG_SAME] = "same",	[ALG_REWRITE] = "rewrite",
		[ALG_RAW] = "raw",	[ALG_DROP] = "drop",
	};

	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}",
			 "verdict", verdicts[x->ctx.verdict],
			 "reason", alg_reason_name(x->ctx.reason),
			 "edits", edit_list(x),
			 "kept", kept_list(x),
			 "media", media_list(x),
			 "output", base64(x->out, x->out_len));
}

static int explain_file(struct ctl *ctl, struct explain *x,
			const struct explain_args *args)
{
	json_t *result;
	char *data;
	int ret;

	ret = read_file(ctl, args->file, &data, &x->pkt.len);
	x->pkt.data = data;
	if (!ret)
		ret = run_core(ctl, x);
	if (!ret && args->raw) {
		fwrite(x->out, 1, x->out_len, stdout);
	} else if (!ret && x->ctx.verdict == ALG_PASS) {
		ret = ctl_error(ctl, CTL_USAGE, "%s is not a SIP message",
				strcmp(args->file, "-") ? args->file : "stdin");
	} else if (!ret) {
		result = make_result(x);
		if (ctl->json)
			out_json(ctl, result);
		else
			explain_view(ctl, x, result);
		json_decref(result);
	}
	free(x->out);
	free(data);
	return ret;
}

static int run(struct ctl *ctl, struct words *w)
{
	struct explain *x = calloc(1, sizeof(*x));
	struct explain_args args = { 0 };
	int ret;

	if (!x)
		return ctl_error(ctl, CTL_USAGE, "out of memory");
	ret = read_args(ctl, w, x, &args);
	if (!ret)
		ret = explain_file(ctl, x, &args);
	free(x);
	return ret;
}

const struct command cmd_explain = {
	.name = "explain",
	.args = "FILE|- [lan ADDR[:PORT]] [wan ADDR[:PORT]] [peer ADDR[:PORT]]\n"
		"       [dir { out | in }] [offset N] [raw]",
	.summary = "What would be done to this message, and why; needs no module",
	.help = "FILE holds one SIP message as it is on the wire. `lan` is the inside host\n"
		"(192.168.1.10), `wan` its outside mapping (45.0.2.2), `peer` the far end\n"
		"(52.0.0.10), whichever the direction; the port is 5060 if it is not given.\n"
		"Media ports are mapped to themselves plus `offset` (0). Keys and passwords\n"
		"are hidden. `raw` writes the message as it would leave and nothing else.\n"
		"The view names what was assumed, and where a message is malformed.\n",
	.run = run,
};
