// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_fault.c - where a message breaks the rules of RFC 3261 that the core
 * insists on: for `explain`, which has a person before it.
 *
 * The core says no more than "malformed". This looks at the header section
 * once more, slowly. Must never print a byte of the message.
 */
#include <stdio.h>
#include <string.h>

#include "cseq.h"
#include "explain.h"
#include "name.h"

enum {
	FIELD_NEEDED	= 1 << 0,
	FIELD_ONCE	= 1 << 1,
};

/* RFC 3261 20: what has to be there, and what may be there once at most. */
static const struct {
	const char *name;
	unsigned int flags;
} fields[SIP_HDR_MAX] = {
	[SIP_HDR_VIA] = { "Via", FIELD_NEEDED },
	[SIP_HDR_FROM] = { "From", FIELD_NEEDED | FIELD_ONCE },
	[SIP_HDR_TO] = { "To", FIELD_NEEDED | FIELD_ONCE },
	[SIP_HDR_CALL_ID] = { "Call-ID", FIELD_NEEDED | FIELD_ONCE },
	[SIP_HDR_CSEQ] = { "CSeq", FIELD_NEEDED | FIELD_ONCE },
	[SIP_HDR_EXPIRES] = { "Expires", FIELD_ONCE },
	[SIP_HDR_CONTENT_TYPE] = { "Content-Type", FIELD_ONCE },
	[SIP_HDR_CONTENT_LENGTH] = { "Content-Length", FIELD_ONCE },
};

/**
 * struct place - a line of the message
 * @line: from 1; 0 is nowhere
 * @off: of its first byte
 */
struct place {
	unsigned int line;
	uint32_t off;
};

/**
 * struct scan - what the header section has
 * @b: the message
 * @at: the line that is read
 * @end: offset of its LF
 * @first: first line with a header, by enum sip_hdr_id
 * @value: and its value
 * @bare: first line without CR
 * @body: offset behind the empty line, 0 without one
 */
struct scan {
	struct sip_buf b;
	struct place at;
	uint32_t end;
	struct place first[SIP_HDR_MAX];
	struct span value[SIP_HDR_MAX];
	struct place bare;
	uint32_t body;
};

static void print_place(struct place at)
{
	printf("fault:   line %u, offset %u: ", at.line, (unsigned int)at.off);
}

static void read_header(struct scan *s)
{
	uint32_t colon = span_seek(&s->b, s->at.off, s->end, ':');
	uint32_t end = span_trim_lws(&s->b, s->at.off, colon);
	uint32_t from, to;
	unsigned int id;

	if (colon == s->end || colon == s->at.off) {
		print_place(s->at);
		puts("a header is NAME: VALUE, this is not");
		return;
	}
	id = sip_name_find(&s->b, span_make(s->at.off, end));
	if (id >= SIP_HDR_MAX || !fields[id].name)
		return;
	if (s->first[id].line) {
		if (!(fields[id].flags & FIELD_ONCE))
			return;
		print_place(s->at);
		printf("a second %s, the first is in line %u\n",
		       fields[id].name, s->first[id].line);
		return;
	}
	to = span_trim_lws(&s->b, colon + 1, s->end);
	from = span_skip_lws(&s->b, colon + 1, to);
	s->first[id] = s->at;
	s->value[id] = span_make(from, to);
}

/* Is this the empty line? Its CR belongs to the line end. */
static bool read_line(struct scan *s)
{
	uint32_t len = s->end - s->at.off;
	const char *p = s->b.data + s->at.off;

	if (len && p[len - 1] == '\r')
		len--;
	else if (!s->bare.line)
		s->bare = s->at;
	if (s->at.line == 1)
		return false;
	if (len && !span_is_blank(*p))
		read_header(s);
	return !len;
}

static void read_lines(struct scan *s)
{
	bool is_last = false;

	while (!is_last) {
		const char *p = s->b.data + s->at.off;
		const char *eol = memchr(p, '\n', s->b.len - s->at.off);

		if (!eol)
			return;
		s->at.line++;
		s->end = (uint32_t)(eol - s->b.data);
		is_last = read_line(s);
		s->at.off = s->end + 1;
	}
	s->body = s->at.off;
}

static void check_needed(const struct scan *s)
{
	unsigned int id;

	for (id = 0; id < SIP_HDR_MAX; id++) {
		if (!(fields[id].flags & FIELD_NEEDED))
			continue;
		if (!s->first[id].line) {
			printf("fault:   there is no %s\n", fields[id].name);
		} else if (!s->value[id].len) {
			print_place(s->first[id]);
			printf("%s is empty\n", fields[id].name);
		}
	}
}

/* RFC 3261 8.1.1.5: the method of CSeq is that of the request. */
static void check_cseq(const struct scan *s)
{
	struct span value = s->value[SIP_HDR_CSEQ], method, start;
	uint32_t number;

	if (!value.len)
		return;
	start = span_make(0, span_seek(&s->b, 0, s->b.len, ' '));
	if (sip_cseq_parse(&s->b, value, &number, &method)) {
		print_place(s->first[SIP_HDR_CSEQ]);
		puts("CSeq is not a number and a method");
	} else if (!span_starts(&s->b, 0, s->b.len, "sip/2.0 ") &&
		   !span_equal(&s->b, method, start)) {
		print_place(s->first[SIP_HDR_CSEQ]);
		puts("CSeq does not name the method of this request");
	}
}

static void check_length(const struct scan *s)
{
	struct span value = s->value[SIP_HDR_CONTENT_LENGTH];
	uint32_t length, rest = s->b.len - s->body;

	if (!s->first[SIP_HDR_CONTENT_LENGTH].line || !s->body)
		return;
	if (!span_u32(&s->b, value, SIP_MAX_LEN, &length) && length == rest)
		return;
	print_place(s->first[SIP_HDR_CONTENT_LENGTH]);
	if (span_u32(&s->b, value, SIP_MAX_LEN, &length))
		puts("Content-Length is not a number of bytes");
	else
		printf("Content-Length says %u, %u bytes follow the headers\n",
		       (unsigned int)length, (unsigned int)rest);
}

void explain_faults(const struct explain *x)
{
	struct scan s = { .b = { .data = x->pkt.data, .len = x->pkt.len } };

	if (x->pkt.len > SIP_MAX_LEN)
		return;
	read_lines(&s);
	if (!s.body)
		puts("fault:   there is no empty line behind the headers");
	check_needed(&s);
	check_cseq(&s);
	check_length(&s);
	if (s.bare.line) {
		print_place(s.bare);
		puts("ends in LF alone, SIP wants CR LF (unix2dos makes it so)");
	}
}
