// SPDX-License-Identifier: GPL-2.0-only
/*
 * nl_msgs.c - the kernel's answers, one behind the other in one buffer.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nl.h"

/**
 * nl_add() - keep a copy of a message
 * @msgs: gets it
 * @nlh: message
 *
 * Return: 0 or -ENOMEM.
 */
int nl_add(struct nl_msgs *msgs, const struct nlmsghdr *nlh)
{
	size_t len = NLMSG_ALIGN(nlh->nlmsg_len);
	char *data;

	if (msgs->size - msgs->len < len) {
		size_t size = 2 * msgs->size + len + 4096;

		data = realloc(msgs->data, size);
		if (!data)
			return -ENOMEM;
		msgs->data = data;
		msgs->size = size;
	}
	memset(msgs->data + msgs->len, 0, len);
	memcpy(msgs->data + msgs->len, nlh, nlh->nlmsg_len);
	msgs->len += len;
	return 0;
}

const struct nlmsghdr *nl_first(const struct nl_msgs *msgs)
{
	return msgs->len ? (const void *)msgs->data : NULL;
}

const struct nlmsghdr *nl_after(const struct nl_msgs *msgs,
				const struct nlmsghdr *nlh)
{
	const char *next = (const char *)nlh + NLMSG_ALIGN(nlh->nlmsg_len);

	return next < msgs->data + msgs->len ? (const void *)next : NULL;
}

void nl_free(struct nl_msgs *msgs)
{
	free(msgs->data);
	memset(msgs, 0, sizeof(*msgs));
}
