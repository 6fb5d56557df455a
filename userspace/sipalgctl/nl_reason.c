// SPDX-License-Identifier: GPL-2.0-only
/*
 * nl_reason.c - why the kernel refused: its extended acknowledgment.
 */
#include <stdio.h>
#include <string.h>

#include <linux/netlink.h>

#include "nl.h"
#include "nl_conn.h"

/* Attributes of the acknowledgment, in the order of their numbers. */
struct reason {
	const struct nlattr *tb[NLMSGERR_ATTR_MISS_TYPE + 1];
};

/* Where they start: behind the error and the header of what was sent. */
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

static void read_reason(const struct nlmsghdr *answer, struct reason *r)
{
	const struct nlattr *attr;
	unsigned int offset = attrs_offset(answer);

	memset(r, 0, sizeof(*r));
	if (mnl_nlmsg_get_payload_len(answer) < offset)
		return;
	mnl_attr_for_each(attr, answer, offset) {
		unsigned int type = mnl_attr_get_type(attr);

		if (type <= NLMSGERR_ATTR_MISS_TYPE)
			r->tb[type] = attr;
	}
}

/* The attribute of ours that stands @offset bytes into the request. */
static const char *name_at(const struct nlmsghdr *sent, uint32_t offset)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, sent, sizeof(struct genlmsghdr)) {
		if ((const char *)attr - (const char *)sent == offset)
			return nl_attr_name(mnl_attr_get_type(attr));
	}
	return NULL;
}

static const char *bad_attr(const struct reason *r,
			    const struct nlmsghdr *sent)
{
	const struct nlattr *at = r->tb[NLMSGERR_ATTR_OFFS];

	if (at && mnl_attr_get_payload_len(at) >= sizeof(uint32_t))
		return name_at(sent, mnl_attr_get_u32(at));
	at = r->tb[NLMSGERR_ATTR_MISS_TYPE];
	if (at && mnl_attr_get_payload_len(at) >= sizeof(uint32_t))
		return nl_attr_name(mnl_attr_get_u32(at));
	return NULL;
}

/**
 * nl_reason() - put the kernel's extended acknowledgment into words
 * @answer: NLMSG_ERROR or NLMSG_DONE
 * @sent: the request that it answers
 * @text: out, empty when the kernel said nothing
 * @size: bytes at @text
 */
void nl_reason(const struct nlmsghdr *answer, const struct nlmsghdr *sent,
	       char *text, size_t size)
{
	const struct nlattr *msg;
	const char *name;
	struct reason r;

	text[0] = '\0';
	if (!(answer->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	read_reason(answer, &r);
	msg = r.tb[NLMSGERR_ATTR_MSG];
	if (!msg || mnl_attr_validate(msg, MNL_TYPE_NUL_STRING) < 0)
		return;
	name = bad_attr(&r, sent);
	snprintf(text, size, "%s%s%s%s", mnl_attr_get_str(msg),
		 name ? " (" : "", name ? name : "", name ? ")" : "");
}
