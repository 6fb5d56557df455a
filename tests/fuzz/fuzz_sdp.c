// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_sdp.c - libFuzzer target: a session description and its pinholes.
 *
 * The input is a description, after a control byte below 0x20 if it has one;
 * it goes out, or comes in, in a message that is always the same. A reader of
 * this file's own compares what it said before and after: each stream is
 * announced where a pinhole is open, or it is as it was.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include "fuzz.h"
#include "laws.h"
#include "props.h"

enum {
	CTRL_MAX	= 0x20,
	CTRL_IN		= 1 << 0,	/* from the far end */
	CTRL_MOVED	= 1 << 1,	/* ports move */
	CTRL_APART	= 1 << 2,	/* and RTCP moves further */
	CTRL_PART	= 1 << 3,	/* it is a part of a multipart */
	CTRL_FAIL	= 1 << 4,	/* the second stream gets no port */
	MAX_BODY	= 60000,
	WORD		= 64,		/* longer ones are no address */
};

#define OWN	"192.168.1.10"
#define WAN	"45.0.2.2"

/* One m= line as a plain reader sees it. */
struct stream {
	char addr[WORD];		/* empty: a name, IPv6, or no c= */
	char rtcp_addr[WORD];
	unsigned long port;
	unsigned long rtcp;		/* 0: no a=rtcp */
	bool tcp;
	bool has_c;			/* it has a c= of its own */
	bool own_left;			/* some c= of it has our address */
};

struct story {
	char session[WORD];
	unsigned int n;
	struct stream stream[SDP_MAX_MEDIA];
};

static struct fakehost fh;
static struct alg_ctx ctx;
static struct story before, after;
static char out[2 * ALG_MAX_MSG];

/* The address of "IN IP4 address": the last word, if IP4 is before it. */
static void read_address(const char *from, const char *to, char *addr)
{
	const char *word, *type;

	addr[0] = '\0';
	while (to > from && to[-1] == ' ')
		to--;
	for (word = to; word > from && word[-1] != ' '; word--)
		;
	for (type = word; type > from && type[-1] == ' '; type--)
		;
	if (type - from < 3 || (type[-3] | 0x20) != 'i' ||
	    (type[-2] | 0x20) != 'p' || (type[-1] | 0x20) != '4' ||
	    to - word >= WORD)
		return;
	memcpy(addr, word, (size_t)(to - word));
	addr[to - word] = '\0';
}

static const char *skip_word(const char *p, const char *end)
{
	while (p < end && *p == ' ')
		p++;
	while (p < end && *p != ' ')
		p++;
	while (p < end && *p == ' ')
		p++;
	return p;
}

static unsigned long read_number(const char *p, const char *end)
{
	unsigned long n = 0;

	while (p < end && isdigit((unsigned char)*p) && n < ALG_NO_PORT)
		n = n * 10 + (unsigned long)(*p++ - '0');
	return n;
}

static void read_stream(const char *p, const char *end, struct stream *s)
{
	const char *port = skip_word(p, end);
	const char *proto = skip_word(port, end);

	memset(s, 0, sizeof(*s));
	s->port = read_number(port, end);
	s->tcp = end - proto >= 3 && !strncasecmp(proto, "tcp", 3);
}

static void read_rtcp(const char *p, const char *end, struct stream *s)
{
	const char *behind = p;

	while (behind < end && isdigit((unsigned char)*behind))
		behind++;
	if (behind == p || (behind < end && *behind != ' ') ||
	    read_number(p, end) >= ALG_NO_PORT)
		return;
	s->rtcp = read_number(p, end);
	read_address(behind, end, s->rtcp_addr);
}

static void read_line(const char *p, const char *end, struct story *t)
{
	struct stream *s = t->n ? &t->stream[t->n - 1] : NULL;

	if (end - p < 2 || p[1] != '=')
		return;
	if (*p == 'm' && t->n < SDP_MAX_MEDIA) {
		read_stream(p + 2, end, &t->stream[t->n++]);
	} else if (*p == 'c') {
		read_address(p + 2, end, s ? s->addr : t->session);
		if (s)
			s->has_c = true;
		if (s && !strcmp(s->addr, OWN))
			s->own_left = true;
	} else if (s && end - p > 7 && !memcmp(p, "a=rtcp:", 7)) {
		read_rtcp(p + 7, end, s);
	}
}

static void read_story(const char *p, size_t size, struct story *t)
{
	const char *end = p + size, *eol;

	memset(t, 0, sizeof(*t));
	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (!eol)
			eol = end;
		read_line(p, eol > p && eol[-1] == '\r' ? eol - 1 : eol, t);
	}
}

static const char *address(const struct story *t, unsigned int i)
{
	return t->stream[i].has_c ? t->stream[i].addr : t->session;
}

static const struct alg_media *opened(unsigned int i, unsigned long port)
{
	unsigned int n;

	for (n = 0; n < fh.nmedia; n++)
		if (fh.media[n].media.index == i &&
		    fh.media[n].media.lan.port == port)
			return &fh.media[n].media;
	return NULL;
}

/* Where RTCP is announced there is the pinhole for it. */
static void check_rtcp(const struct alg_media *m, const struct stream *was,
		       const struct stream *is)
{
	unsigned long port = is->rtcp;

	if (!m->lan_rtcp_port) {
		law(!is->rtcp || was->rtcp, "RTCP is announced from nowhere");
		return;
	}
	if (!port)
		port = is->port + 1;
	law(port == m->wan_rtcp_port, "RTCP is announced where it is not");
	law(strcmp(is->rtcp_addr, OWN), "a=rtcp keeps our address");
}

static void check_stream(unsigned int i)
{
	const struct stream *was = &before.stream[i], *is = &after.stream[i];
	const struct alg_media *m;

	law(was->tcp == is->tcp, "a stream becomes another");
	if (was->port < ALG_MIN_PORT || was->tcp ||
	    strcmp(address(&before, i), OWN)) {
		law(was->port == is->port && !strcmp(was->addr, is->addr),
		    "a stream without pinhole is announced otherwise");
		return;
	}
	m = opened(i, was->port);
	law(m, "a stream is announced without a pinhole");
	law(is->port == m->wan.port, "a stream is announced where it is not");
	law(!strcmp(address(&after, i), WAN), "a stream keeps our address");
	law(!is->own_left, "our address stays in one of several c= lines");
	check_rtcp(m, was, is);
}

/* @body: offset of the description, @len bytes to the end */
static void check_story(const struct alg_pkt *pkt, size_t body, size_t len)
{
	size_t size = props_output(&ctx, pkt, out, sizeof(out));
	unsigned int i;

	if (ctx.verdict != ALG_REWRITE) {
		law(ctx.verdict == ALG_RAW, "an INVITE of ours that is not");
		return;
	}
	read_story(pkt->data + body, len, &before);
	for (i = 0; i + 4 < size && memcmp(out + i, "\r\n\r\n", 4); i++)
		;
	read_story(out + i + 4, size - i - 4, &after);
	law(before.n == after.n, "another number of streams");
	law(strcmp(after.session, OWN), "the session keeps our address");
	for (i = 0; i < before.n; i++)
		check_stream(i);
}

static const char frame_text[] =
	"INVITE sip:b@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9\r\n"
	"From: <sip:a@x.example>;tag=1\r\nTo: <sip:b@x.example>\r\n"
	"Call-ID: 1\r\nCSeq: 1 INVITE\r\nContact: <sip:a@%s>\r\n"
	"Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s";

/* The message around the description. Return: its length. */
static size_t frame(char *room, size_t len, u8 ctrl)
{
	bool in = ctrl & CTRL_IN;
	const char *at = in ? "52.0.0.10" : OWN;
	const char *part = "--b\r\nContent-Type: application/sdp\r\n\r\n";
	const char *type = "multipart/mixed;boundary=b";

	if (!(ctrl & CTRL_PART)) {
		part = "";
		type = "application/sdp";
	}
	return (size_t)sprintf(room, frame_text, in ? WAN : "52.0.0.10", at,
			       at, type, len + strlen(part), part);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static char room[MAX_BODY + 1024];
	struct alg_pkt pkt = laws_pkt(NULL, 0, ALG_OUT);
	size_t head;
	char *copy;
	u8 ctrl = 0;

	if (size && *data < CTRL_MAX) {
		ctrl = *data++;
		size--;
	}
	if (size > MAX_BODY)
		return 0;
	head = frame(room, size, ctrl);
	memcpy(room + head, data, size);
	copy = laws_copy(room, head + size);
	fakehost_init(&fh);
	fakehost_bind(&fh, &pkt.lan, &pkt.wan, FH_OURS);
	fh.media_offset = ctrl & CTRL_MOVED ? 2000 : 0;
	fh.rtcp_offset = ctrl & CTRL_APART ? 7 : 0;
	fh.fail_err[FH_MEDIA_OPEN] = ctrl & CTRL_FAIL ? -ENOSPC : 0;
	fh.fail_from[FH_MEDIA_OPEN] = 2;
	pkt = laws_pkt(copy, head + size, ctrl & CTRL_IN ? ALG_IN : ALG_OUT);
	ctx.flags = 0;
	laws_run(&fh, &ctx, &pkt, "in its frame");
	if (!(ctrl & (CTRL_IN | CTRL_PART)))
		check_story(&pkt, head, size);
	free(copy);
	return 0;
}
