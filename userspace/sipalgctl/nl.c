// SPDX-License-Identifier: GPL-2.0-only
/*
 * nl.c - one netlink connection: requests, answers, dumps.
 *
 * A dump is collected whole before anything is printed: when the kernel says
 * that its tables changed meanwhile (NLM_F_DUMP_INTR) it is asked again.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "nl.h"
#include "nl_conn.h"

enum {
	NL_DUMP_TRIES	= 4,	/* then it is shown as it is, with a warning */
};

void nl_start(struct nl_req *req, enum sipalg_cmd cmd)
{
	struct genlmsghdr *genl;

	req->nlh = mnl_nlmsg_put_header(req->data);
	genl = mnl_nlmsg_put_extra_header(req->nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = SIPALG_GENL_VERSION;
}

/**
 * struct exchange - one request and what came back for it
 * @msgs: where answers go, or NULL
 * @seq: sequence number of the request
 * @silent: a refusal is not printed
 * @interrupted: the kernel's tables changed during a dump
 * @done: the answer is complete
 * @error: 0 or -errno of the kernel
 */
struct exchange {
	struct nl_req *req;
	struct nl_msgs *msgs;
	unsigned int seq;
	bool silent;
	bool interrupted;
	bool done;
	int error;
};

/* NLMSG_ERROR, also as acknowledgment, and NLMSG_DONE carry an error. */
static void take_end(struct exchange *x, const struct nlmsghdr *nlh,
		     char *reason, size_t size)
{
	x->done = true;
	x->error = 0;
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(int))
		memcpy(&x->error, mnl_nlmsg_get_payload(nlh),
		       sizeof(x->error));
	nl_reason(nlh, x->req->nlh, reason, size);
}

static int take_msgs(struct exchange *x, const char *buf, int len,
		     char *reason, size_t size)
{
	const struct nlmsghdr *nlh = (const void *)buf;
	int err = 0;

	for (; mnl_nlmsg_ok(nlh, len) && !x->done && !err;
	     nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != x->seq)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			x->interrupted = true;
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE)
			take_end(x, nlh, reason, size);
		else if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && x->msgs)
			err = nl_add(x->msgs, nlh);
	}
	return err;
}

static int fail(struct ctl *ctl, int error, const char *reason)
{
	if (error == -EPERM || error == -EACCES)
		return ctl_error(ctl, CTL_UNABLE,
				 "no permission: this needs CAP_NET_ADMIN in the network namespace; run it as root");
	if (*reason)
		return ctl_error(ctl, CTL_REFUSED, "%s", reason);
	if (error == -EOPNOTSUPP)
		return ctl_error(ctl, CTL_REFUSED,
				 "the loaded module does not know this request: it is older than sipalgctl");
	return ctl_error(ctl, CTL_REFUSED, "refused by the kernel: %s",
			 strerror(-error));
}

static int exchange(struct ctl *ctl, struct exchange *x)
{
	struct nl *nl = ctl->nl;
	char reason[256] = "";
	int len;

	x->seq = ++nl->seq;
	x->req->nlh->nlmsg_seq = x->seq;
	x->req->nlh->nlmsg_type = nl->family;
	if (mnl_socket_sendto(nl->sock, x->req->nlh,
			      x->req->nlh->nlmsg_len) < 0)
		return fail(ctl, -errno, "");

	while (!x->done) {
		len = mnl_socket_recvfrom(nl->sock, nl->buf, sizeof(nl->buf));
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return ctl_error(ctl, CTL_REFUSED,
					 "no answer of the kernel: %s",
					 strerror(errno));
		if (take_msgs(x, nl->buf, len, reason, sizeof(reason)))
			return ctl_error(ctl, CTL_REFUSED, "out of memory");
	}
	if (x->error && x->silent)
		return CTL_REFUSED;
	return x->error ? fail(ctl, x->error, reason) : CTL_DONE;
}

/**
 * nl_do() - send a request and wait until it is done
 * @ctl: options and connection
 * @req: from nl_start(), with its attributes
 * @answer: messages of the kernel are added here; may be NULL
 *
 * While a configuration file is read it is noted and not sent.
 *
 * Return: enum ctl_exit; an error is printed.
 */
int nl_do(struct ctl *ctl, struct nl_req *req, struct nl_msgs *answer)
{
	struct exchange x = { .req = req, .msgs = answer };
	int ret;

	if (ctl->recording)
		return config_note(ctl, req->nlh);
	ret = nl_open(ctl);
	if (ret)
		return ret;
	req->nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	return exchange(ctl, &x);
}

/**
 * nl_dump() - ask for a whole table
 * @ctl: options and connection
 * @req: from nl_start(), with its attributes
 * @answer: one message an entry, empty at the call
 *
 * Return: enum ctl_exit; an error is printed.
 */
int nl_dump(struct ctl *ctl, struct nl_req *req, struct nl_msgs *answer)
{
	int ret = nl_open(ctl);
	int tries;

	for (tries = 0; !ret && tries < NL_DUMP_TRIES; tries++) {
		struct exchange x = { .req = req, .msgs = answer };

		answer->len = 0;
		req->nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
		ret = exchange(ctl, &x);
		if (ret || !x.interrupted)
			return ret;
	}
	if (!ret)
		ctl_warn(ctl, "the table changed while it was read: an entry may be missing or twice");
	return ret;
}

int nl_command(struct ctl *ctl, enum sipalg_cmd cmd)
{
	struct nl_req req;

	nl_start(&req, cmd);
	return nl_do(ctl, &req, NULL);
}

/* The same, of a module that is there; a refusal is not printed. */
int nl_try(struct ctl *ctl, enum sipalg_cmd cmd)
{
	struct nl_req req;
	struct exchange x = { .req = &req, .silent = true };

	nl_start(&req, cmd);
	req.nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	return exchange(ctl, &x);
}
