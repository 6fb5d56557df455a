/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * msg.h - a SIP message as offsets: start line, header index, body.
 *
 * sip_msg_parse() goes over the header section once and stops at the empty
 * line: what is behind it is body and is never taken for a header. A message
 * that it accepts has passed the grammar gate (SEC-3): nothing else of the
 * core looks at a message before.
 */
#ifndef SIPALG_CORE_MSG_H
#define SIPALG_CORE_MSG_H

#include "start.h"

enum sip_limit {
	SIP_MAX_LEN	= 65535,	/* offsets are u16 */
	SIP_MAX_HEADERS	= 128,		/* and as many folds, SEC-15 */
	SIP_NO_HEADER	= 0xff,
};

/* Headers that the core reads; all others are only counted. */
enum sip_hdr_id {
	SIP_HDR_VIA,
	SIP_HDR_FROM,
	SIP_HDR_TO,
	SIP_HDR_CALL_ID,
	SIP_HDR_CSEQ,
	SIP_HDR_NEEDED,	/* those before are in every message */
	SIP_HDR_CONTACT = SIP_HDR_NEEDED,
	SIP_HDR_ROUTE,
	SIP_HDR_RECORD_ROUTE,
	SIP_HDR_EXPIRES,
	SIP_HDR_CONTENT_TYPE,
	SIP_HDR_CONTENT_LENGTH,
	SIP_HDR_CONTENT_ENCODING,
	SIP_HDR_AUTHORIZATION,
	SIP_HDR_PROXY_AUTHORIZATION,
	SIP_HDR_RARE = 16,	/* from here on, see sip_msg_has_rare() */
	SIP_HDR_PATH = SIP_HDR_RARE,
	SIP_HDR_SERVICE_ROUTE,
	SIP_HDR_REFER_TO,
	SIP_HDR_REFERRED_BY,
	SIP_HDR_REPLY_TO,
	SIP_HDR_P_ASSERTED_IDENTITY,
	SIP_HDR_P_PREFERRED_IDENTITY,
	SIP_HDR_REMOTE_PARTY_ID,
	SIP_HDR_DIVERSION,
	SIP_HDR_HISTORY_INFO,
	SIP_HDR_MAX,
	SIP_HDR_OTHER = SIP_HDR_MAX,
	SIP_HDR_ROOM = 32,	/* at least SIP_HDR_MAX */
};

/**
 * struct sip_hdr - one header of the index
 * @value: without white space around it; folded lines belong to it
 * @next: index of the next header with this id, or SIP_NO_HEADER
 */
struct sip_hdr {
	struct span value;
	u32 next;
};

/**
 * struct sip_msg - what sip_msg_parse() found
 * @buf: the message
 * @method: enum sip_method, of a response that of its CSeq
 * @nhdr: known headers in @hdr, in the order of the message
 * @nlines: headers in all, unknown ones too
 * @empty: one of the first SIP_HDR_NEEDED headers says nothing
 * @nfolds: lines that go on with a blank
 * @status: 100..699, or 0 for a request
 * @method_text: method of a request as text
 * @ruri: Request-URI of a request
 * @cseq: number of CSeq
 * @body: what Content-Length says, or all the rest of a datagram
 * @first: index into @hdr by enum sip_hdr_id, or SIP_NO_HEADER
 * @last: the same, the last one of several
 * @hdr: header index
 */
struct sip_msg {
	struct sip_buf buf;
	u8 method;
	u8 nhdr;
	u8 nlines;
	u8 nfolds;
	bool empty;
	u16 status;
	struct span method_text;
	struct span ruri;
	u32 cseq;
	struct span body;
	u8 first[SIP_HDR_ROOM];
	u8 last[SIP_HDR_ROOM];
	struct sip_hdr hdr[SIP_MAX_HEADERS];
};

static inline bool sip_msg_is_request(const struct sip_msg *msg)
{
	return msg->status == 0;
}

static inline bool sip_msg_has(const struct sip_msg *msg, enum sip_hdr_id id)
{
	return msg->first[id] != SIP_NO_HEADER;
}

/* Are there any headers from SIP_HDR_RARE on? None of them has an index. */
static inline bool sip_msg_has_rare(const struct sip_msg *msg)
{
	const char *first = (const char *)msg->first + SIP_HDR_RARE;

	return ~(port_load64(first) & port_load64(first + 8));
}

/**
 * sip_msg_value() - value of the first header with this id
 * Return: {0, 0} when there is none.
 */
static inline struct span sip_msg_value(const struct sip_msg *msg,
					enum sip_hdr_id id)
{
	if (!sip_msg_has(msg, id))
		return (struct span){ 0, 0 };
	return msg->hdr[msg->first[id]].value;
}

/* The same for one of those that every message has. */
static inline struct span sip_msg_needed(const struct sip_msg *msg,
					 enum sip_hdr_id id)
{
	return msg->hdr[msg->first[id]].value;
}

/**
 * sip_msg_parse() - index one whole message that came in a datagram
 * @msg: result; msg->buf is set from the arguments
 * @data: first byte
 * @len: how many
 *
 * Checks the grammar gate: start line, exactly one From, To, Call-ID and
 * CSeq, at least one Via, CSeq method equal to the method, at most one
 * Content-Length (and Content-Type, Expires), and that not beyond the
 * datagram, no NUL.
 *
 * Return: 0; -ENOENT not SIP (keep-alives, STUN, anything else); -EBADMSG
 * SIP, but malformed; -E2BIG above a limit.
 */
int __must_check sip_msg_parse(struct sip_msg *msg, const char *data, u32 len);

/**
 * sip_msg_begin() - the first half of sip_msg_parse(): the start line
 * @msg: result; @method is that of a request
 * @data: first byte
 * @len: how many
 * @headers: offset of the headers
 *
 * Return: as sip_msg_parse().
 */
int __must_check sip_msg_begin(struct sip_msg *msg, const char *data, u32 len,
			       u32 *headers);

/**
 * sip_msg_finish() - the other half: headers, grammar gate, body
 * @msg: what sip_msg_begin() found
 * @headers: offset of the headers
 *
 * Return: as sip_msg_parse().
 */
int __must_check sip_msg_finish(struct sip_msg *msg, u32 headers);

#endif /* SIPALG_CORE_MSG_H */
