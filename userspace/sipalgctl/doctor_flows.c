// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_flows.c - looks through conntrack for flows of the in-tree helper.
 */
#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "doctor.h"

struct flows {
	unsigned int n;
	uint16_t dport;
};

static const struct nlattr *inner(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	if (!nest)
		return NULL;
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	return NULL;
}

static int take_flow(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *name = NULL, *proto = NULL, *port;
	struct flows *flows = data;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) == CTA_HELP)
			name = inner(attr, CTA_HELP_NAME);
		else if (mnl_attr_get_type(attr) == CTA_TUPLE_ORIG)
			proto = inner(attr, CTA_TUPLE_PROTO);
	}
	port = inner(proto, CTA_PROTO_DST_PORT);
	if (!name || mnl_attr_validate(name, MNL_TYPE_NUL_STRING) < 0 ||
	    strcmp(mnl_attr_get_str(name), "sip"))
		return MNL_CB_OK;
	flows->n++;
	if (port)
		flows->dport = ntohs(mnl_attr_get_u16(port));
	return MNL_CB_OK;
}

static void dump(struct mnl_socket *sock, struct flows *flows)
{
	char buf[32768];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nf = mnl_nlmsg_put_extra_header(nlh, sizeof(*nf));
	int ret;

	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = 1;
	nf->nfgen_family = AF_INET;
	nf->version = NFNETLINK_V0;
	if (mnl_socket_sendto(sock, nlh, nlh->nlmsg_len) < 0)
		return;
	do {
		ret = (int)mnl_socket_recvfrom(sock, buf, sizeof(buf));
		if (ret > 0)
			ret = mnl_cb_run(buf, ret, 1,
					 mnl_socket_get_portid(sock),
					 take_flow, flows);
	} while (ret > MNL_CB_STOP);
}

unsigned int flows_with_sip_helper(uint16_t *dport)
{
	struct mnl_socket *sock = mnl_socket_open(NETLINK_NETFILTER);
	struct flows flows = { 0 };

	if (!sock)
		return 0;
	if (!mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID))
		dump(sock, &flows);
	mnl_socket_close(sock);
	*dport = flows.dport;
	return flows.n;
}
