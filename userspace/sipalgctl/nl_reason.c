// SPDX-License-Identifier: GPL-2.0-only
/*
 * nl_reason.c - why the kernel refused: its extended acknowledgment.
 */
#include <stdio.h>

#include <linux/netlink.h>

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

static const struct nlattr *find_text(const struct nlmsghdr *answer)
{
	unsigned int offset = attrs_offset(answer);
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(answer) < offset)
		return NULL;
	mnl_attr_for_each(attr, answer, offset) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
			return attr;
	}
	return NULL;
}

/**
 * nl_reason() - the sentence in the kernel's extended acknowledgment
 * @answer: NLMSG_ERROR or NLMSG_DONE
 * @text: out, empty when the kernel said nothing
 * @size: bytes at @text
 */
void nl_reason(const struct nlmsghdr *answer, char *text, size_t size)
{
	const struct nlattr *msg;

	text[0] = '\0';
	if (!(answer->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	msg = find_text(answer);
	if (msg && mnl_attr_validate(msg, MNL_TYPE_NUL_STRING) >= 0)
		snprintf(text, size, "%s", mnl_attr_get_str(msg));
}
