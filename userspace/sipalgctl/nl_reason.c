// SPDX-License-Identifier: GPL-2.0-only
/*
 * nl_reason.c - why the kernel refused: its extended acknowledgment.
 */
#include <stdio.h>

#include <linux/netlink.h>

#include "net.h"
#include "nl.h"
#include "nl_conn.h"

/* Where its attributes start: behind the error and the header of what was sent. */
static unsigned int attrs_offset(const struct nlmsghdr *answer)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(answer);
	unsigned int offset;

	if (answer->nlmsg_type == NLMSG_DONE)
		return sizeof(int);
	offset = sizeof(*err);
	if (!(answer->nlmsg_flags & NLM_F_CAPPED))
		offset += mnl_nlmsg_get_payload_len(&err->msg);
	return offset;
}

static const struct nlattr *find(const struct nlmsghdr *answer,
				 unsigned int type)
{
	unsigned int offset = attrs_offset(answer);
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(answer) < offset)
		return NULL;
	mnl_attr_for_each(attr, answer, offset) {
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	return NULL;
}

/* The network of a request that the kernel points at: "NET: ", or "". */
static void name_net(const struct nlmsghdr *answer,
		     const struct nlmsghdr *request, char *text, size_t size)
{
	const struct nlattr *offs = find(answer, NLMSGERR_ATTR_OFFS);
	const struct nlattr *bad;
	char name[NET_TEXT];
	unsigned int at;
	struct net net;

	text[0] = '\0';
	if (!offs || mnl_attr_validate(offs, MNL_TYPE_U32) < 0)
		return;
	at = mnl_attr_get_u32(offs);
	if (at < MNL_NLMSG_HDRLEN || at % MNL_ALIGNTO ||
	    at >= request->nlmsg_len)
		return;
	bad = (const void *)((const char *)request + at);
	if (!mnl_attr_ok(bad, (int)(request->nlmsg_len - at)) ||
	    mnl_attr_get_type(bad) != SIPALG_A_NET || !net_get(bad, &net))
		return;
	net_text(&net, name, sizeof(name));
	snprintf(text, size, "%s: ", name);
}

/**
 * nl_reason() - the sentence in the kernel's extended acknowledgment
 * @answer: NLMSG_ERROR or NLMSG_DONE
 * @request: what it answers
 * @text: out, empty when the kernel said nothing
 * @size: bytes at @text
 */
void nl_reason(const struct nlmsghdr *answer, const struct nlmsghdr *request,
	       char *text, size_t size)
{
	const struct nlattr *msg;
	char about[NET_TEXT + 2];

	text[0] = '\0';
	if (!(answer->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	msg = find(answer, NLMSGERR_ATTR_MSG);
	if (!msg || mnl_attr_validate(msg, MNL_TYPE_NUL_STRING) < 0)
		return;
	name_net(answer, request, about, sizeof(about));
	snprintf(text, size, "%s%s", about, mnl_attr_get_str(msg));
}
