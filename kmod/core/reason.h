/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reason.h - every way a message leaves, and why each literal was changed or
 * kept: one line each.
 *
 * ALG_REASONS(X): X(enum suffix, name, text, hint). The first group are the
 * counters: a message counts exactly one of them (ctx->reason). The others
 * explain one edit or one literal that was left. Names are an interface:
 * scripts, netlink and JSON show them.
 */
#ifndef SIPALG_CORE_REASON_H
#define SIPALG_CORE_REASON_H

#include "port.h"

#define ALG_COUNTERS(X)							       \
	X(SAME_PUBLIC, "same_public",					       \
	  "no address of the LAN host's is in it", "")			       \
	X(SAME_BYPASS, "same_bypass",					       \
	  "its host is bypassed", "sipalgctl host show")		       \
	X(SAME_PASSIVE, "same_passive",					       \
	  "its host is passive: pinholes only", "sipalgctl host show")	       \
	X(SAME_LOCAL, "same_local",					       \
	  "both ends are in local networks", "sipalgctl localnet show")	       \
	X(RAW_MALFORMED, "raw_malformed",				       \
	  "not a well-formed SIP message; forwarded as it came",	       \
	  "look at the message with sipalgctl explain")			       \
	X(RAW_LIMIT, "raw_limit",					       \
	  "more headers, media lines or edits than the limits allow",	       \
	  "128 headers, 32 media lines, 64 candidates a message")	       \
	X(RAW_TABLE_FULL, "raw_table_full",				       \
	  "a table or the port range is full; forwarded as it came",	       \
	  "see sipalgctl status; raise the limit with sipalgctl set")	       \
	X(RAW_NO_MEMORY, "raw_no_memory",				       \
	  "no memory; forwarded as it came", "")			       \
	X(RAW_REFUSED, "raw_refused",					       \
	  "policy refuses a port that the message announces", "")	       \
	X(RAW_DIGEST, "raw_digest",					       \
	  "the Request-URI is part of a digest and was left", "")	       \
	X(DROP_STALE, "drop_stale",					       \
	  "came by a flow that was there before its phone; the next gets in",  \
	  "")								       \
	X(EDIT_REQUEST, "edit_request",					       \
	  "a request was rewritten", "")				       \
	X(EDIT_RESPONSE, "edit_response",				       \
	  "a response was rewritten", "")				       \
	X(EDIT_SDP, "edit_sdp",						       \
	  "a message and its session description were rewritten", "")

#define ALG_EDIT_REASONS(X)						       \
	X(LAN_TO_WAN, "lan_to_wan",					       \
	  "the LAN host's address, as the far side sees it", "")	       \
	X(WAN_TO_LAN, "wan_to_lan",					       \
	  "our outside address, as the LAN host wrote it", "")		       \
	X(MEDIA_PORT, "media_port",					       \
	  "the outside port that is open for this stream", "")		       \
	X(RTCP_PORT, "rtcp_port",					       \
	  "the outside port of RTCP is not the one after RTP", "")	       \
	X(DEFAULT_CANDIDATE, "default_candidate",			       \
	  "the ICE candidate that is the default destination", "")	       \
	X(BODY_LENGTH, "body_length",					       \
	  "the body changed its length", "")

#define ALG_KEPT_REASONS(X)						       \
	X(KEPT_IDENTITY, "kept_identity",				       \
	  "From and To say who, not where", "")				       \
	X(KEPT_CALL_ID, "kept_call_id",					       \
	  "a Call-ID is an opaque name", "")				       \
	X(KEPT_NOT_OURS, "kept_not_ours",				       \
	  "private, but no mapping of this LAN host's", "")		       \
	X(KEPT_DIGEST, "kept_digest",					       \
	  "covered by the digest of an Authorization header", "")	       \
	X(KEPT_NO_PINHOLE, "kept_no_pinhole",				       \
	  "a media line that gets no pinhole by rule", "")		       \
	X(KEPT_CANDIDATE, "kept_candidate",				       \
	  "an ICE candidate that is not the default destination", "")	       \
	X(KEPT_NOT_MEDIA, "kept_not_media",				       \
	  "a session description outside a call", "")

#define ALG_REASONS(X)							       \
	ALG_COUNTERS(X)							       \
	ALG_EDIT_REASONS(X)						       \
	ALG_KEPT_REASONS(X)

#define ALG_REASON_ENUM(id, name, text, hint)	ALG_REASON_##id,

enum alg_reason {
	ALG_REASON_NONE,	/* not SIP */
	ALG_REASONS(ALG_REASON_ENUM)
	ALG_REASON_MAX,
};

#define ALG_COUNTER_ENUM(id, name, text, hint)	ALG_COUNTER_##id,

/* Reasons 1 .. ALG_COUNTER_MAX - 1 are counters. */
enum {
	ALG_COUNTER_NONE,
	ALG_COUNTERS(ALG_COUNTER_ENUM)
	ALG_COUNTER_MAX,
};

/**
 * alg_reason_name() - the name that counters, netlink and JSON use
 * alg_reason_text() - one sentence for people
 * alg_reason_hint() - what to do about it, or ""
 * @reason: enum alg_reason
 *
 * Return: never NULL; "none" and "" for an unknown number.
 */
const char *alg_reason_name(unsigned int reason);
const char *alg_reason_text(unsigned int reason);
const char *alg_reason_hint(unsigned int reason);

#endif /* SIPALG_CORE_REASON_H */
