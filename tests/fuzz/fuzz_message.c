// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_message.c - libFuzzer target: every header parser.
 *
 * The input is a message; what is none is read as the value of each kind of
 * header. What a parser finds lies in what it was given, lists come to an end,
 * and the quick look at a host finds the same host as the whole parser does.
 */
#include <stdlib.h>
#include "alg.h"
#include "contact.h"
#include "cseq.h"
#include "fuzz.h"
#include "laws.h"
#include "param.h"
#include "uri.h"
#include "via.h"

static struct sip_msg msg;

static void check_uri(const struct sip_buf *b, struct span text)
{
	struct sip_uri uri;
	u8 scheme;
	u32 host;

	if (!text.len)
		return;
	host = sip_uri_host(b, text, &scheme);
	law(host <= span_end(text), "the quick host lies behind the URI");
	if (sip_uri_parse(b, text, &uri))
		return;
	law(uri.scheme == scheme, "two schemes for one URI");
	if (uri.scheme == SIP_SCHEME_OTHER)
		return;
	law(uri.host.len, "a SIP URI without host is accepted");
	law(uri.host.off == host, "two hosts for one URI");
	law(laws_inside(uri.user, text) && laws_inside(uri.host, text) &&
	    laws_inside(uri.port, text) && laws_inside(uri.params, text),
	    "a part of a URI outside of it");
	law(!uri.user.len || span_end(uri.user) < uri.host.off,
	    "a user part that runs into the host");
	law(!uri.port.len || uri.port.off == span_end(uri.host) + 1u,
	    "a port apart from its host");
	law(uri.port_num, "a URI without a port number");
	law(laws_inside(sip_param_find(b, uri.params, "maddr"), uri.params),
	    "a parameter outside of its list");
}

static void check_via(const struct sip_buf *b, struct span value)
{
	struct sip_via via, whole;
	u32 host;

	if (!value.len)
		return;
	host = sip_via_host(b, value);
	law(!host || (host >= value.off && host <= span_end(value)),
	    "the quick host lies outside the Via");
	if (sip_via_sent_by(b, value, &via)) {
		law(sip_via_parse(b, value, &whole), "two answers for a Via");
		return;
	}
	law(!sip_via_parse(b, value, &whole), "two answers for one Via");
	law(via.host.len, "a Via without host is accepted");
	law(!host || span_skip_lws(b, host, span_end(value)) == via.host.off,
	    "two hosts for one Via");
	law(whole.host.off == via.host.off && whole.host.len == via.host.len &&
	    whole.port_num == via.port_num, "two sent-by for one Via");
	law(laws_inside(whole.host, value) && laws_inside(whole.port, value) &&
	    laws_inside(whole.params, value) &&
	    laws_inside(whole.branch, whole.params) &&
	    laws_inside(whole.received, whole.params) &&
	    laws_inside(whole.rport, whole.params) &&
	    laws_inside(whole.maddr, whole.params),
	    "a part of a Via outside of it");
	law(whole.port_num, "a Via without a port number");
}

/* The quick look at "<sip:user@host" against the whole parsers. */
static void check_quick_host(const struct sip_buf *b, u32 at, u32 end,
			     const struct sip_addr *addr)
{
	u32 host = sip_addr_host(b, at, end);
	struct sip_uri uri;

	law(!host || (host > at && host <= end),
	    "the quick host lies outside the address");
	if (!host || sip_uri_parse(b, addr->uri, &uri) ||
	    uri.scheme == SIP_SCHEME_OTHER)
		return;
	law(uri.host.off == host, "two hosts for one address");
}

static void check_params(const struct sip_buf *b, const struct sip_addr *addr)
{
	u32 seconds;

	if (!sip_contact_expires(b, addr->params, &seconds))
		law(seconds <= 0x7fffffff, "expires above its limit");
}

static void check_list(const struct sip_buf *b, struct span value)
{
	u32 pos = value.off, before, begin;
	struct sip_addr addr;

	for (;;) {
		before = pos;
		begin = pos;
		while (begin < span_end(value) && (b->data[begin] == ',' ||
						   span_is_lws(b->data[begin])))
			begin++;
		if (sip_addr_next(b, value, &pos, &addr) <= 0)
			break;
		law(pos > before, "a list that does not end");
		law(pos <= span_end(value), "a list that leaves its header");
		law(addr.uri.len, "an address without URI is accepted");
		law(laws_inside(addr.uri, span_make(before, pos)) &&
		    laws_inside(addr.params, span_make(before, pos)),
		    "a part of an address outside of it");
		check_quick_host(b, begin, span_end(value), &addr);
		check_uri(b, addr.uri);
		check_params(b, &addr);
	}
}

static void check_value(const struct sip_buf *b, struct span value)
{
	struct span tag = sip_addr_tag(b, value);
	struct span method;
	u32 number;

	law(laws_inside(tag, value), "a tag outside of its header");
	if (sip_contact_is_star(b, value))
		law(value.len == 1, "a star that is more than a star");
	if (!sip_cseq_parse(b, value, &number, &method))
		law(method.len && laws_inside(method, value),
		    "a method outside of CSeq");
	if (!sip_expires_parse(b, value, &number))
		law(number <= 0x7fffffff, "Expires above its limit");
	check_list(b, value);
	check_via(b, value);
	check_uri(b, value);
}

/* A request for our outside address, with and without a flow (hook, NAT). */
static void check_request_for(const char *data, size_t size)
{
	struct alg_pkt pkt = laws_pkt(data, size, ALG_IN);
	bool asked = alg_request_is_for(data, (u32)size, &pkt.wan, NULL);
	struct sip_uri uri;

	if (!sip_msg_is_request(&msg) ||
	    sip_uri_parse(&msg.buf, msg.ruri, &uri) ||
	    uri.scheme == SIP_SCHEME_OTHER) {
		law(!asked, "a request for us with no URI of ours");
		return;
	}
	law(asked == (uri.host.len == 8 && uri.port_num == pkt.wan.port &&
		      !memcmp(data + uri.host.off, "45.0.2.2", 8)),
	    "is this request for us? two answers");
}

static void check_message(const char *data, size_t size)
{
	u32 i;

	if (sip_msg_is_request(&msg))
		check_uri(&msg.buf, msg.ruri);
	for (i = 0; i < msg.nhdr; i++)
		check_value(&msg.buf, msg.hdr[i].value);
	check_request_for(data, size);
}

/* All of it, as a header value has no white space around it. */
static struct span trimmed(const struct sip_buf *b)
{
	u32 to = span_trim_lws(b, 0, b->len);

	return span_make(span_skip_lws(b, 0, to), to);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *copy = laws_copy(data, size);
	struct sip_buf b = { .data = copy, .len = (u32)size };
	int rc = sip_msg_parse(&msg, copy, (u32)size);

	if (!rc)
		check_message(copy, size);
	else if (rc == -ENOENT && size && size <= SIP_MAX_LEN)
		check_value(&b, trimmed(&b));
	free(copy);
	return 0;
}
