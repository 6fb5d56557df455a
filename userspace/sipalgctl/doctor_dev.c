// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_dev.c - which devices lead to the Internet, which to the LAN.
 *
 * One with an IPv4 default route, in any routing table, is a WAN; tunnels are
 * not, unless there is nothing else. The others that have an address are LANs,
 * only those with a private one when there is such a device.
 */
#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

#include "doctor.h"

/* What a dump collects. */
struct found {
	struct dev_list wan;
	struct dev_list tunnels;
	struct dev_list all;
	struct dev_list private;
	const char *dev;		/* whose address is wanted */
	uint32_t address;		/* network byte order */
};

static bool has(const struct dev_list *list, const char *name)
{
	unsigned int i;

	for (i = 0; i < list->n; i++) {
		if (!strcmp(list->name[i], name))
			return true;
	}
	return false;
}

static void add(struct dev_list *list, const char *name)
{
	if (list->n < DOCTOR_DEVS && !has(list, name))
		snprintf(list->name[list->n++], IF_NAMESIZE, "%s", name);
}

static int dump(uint16_t type, mnl_cb_t take, struct found *found)
{
	struct mnl_socket *sock = mnl_socket_open(NETLINK_ROUTE);
	char buf[32768];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct rtmsg *rt = mnl_nlmsg_put_extra_header(nlh, sizeof(*rt));
	int ret = -1;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = 1;
	rt->rtm_family = AF_INET;	/* first in struct ifaddrmsg, too */
	if (!sock)
		return -1;
	if (!mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) &&
	    mnl_socket_sendto(sock, nlh, nlh->nlmsg_len) > 0)
		ret = MNL_CB_OK;
	while (ret > MNL_CB_STOP) {
		ret = (int)mnl_socket_recvfrom(sock, buf, sizeof(buf));
		if (ret > 0)
			ret = mnl_cb_run(buf, ret, 1,
					 mnl_socket_get_portid(sock), take,
					 found);
	}
	mnl_socket_close(sock);
	return ret;
}

static bool is_tunnel(const char *name)
{
	struct ifreq ifr = { 0 };
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	err = ioctl(sock, SIOCGIFHWADDR, &ifr);
	close(sock);
	if (err)
		return false;
	switch (ifr.ifr_hwaddr.sa_family) {
	case ARPHRD_TUNNEL:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
	case ARPHRD_NONE:		/* tun, wireguard */
		return true;
	}
	return false;
}

static void add_index(struct found *found, unsigned int index)
{
	char name[IF_NAMESIZE];

	if (if_indextoname(index, name))
		add(is_tunnel(name) ? &found->tunnels : &found->wan, name);
}

static void add_hops(struct found *found, const struct nlattr *attr)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(attr);
	int len = mnl_attr_get_payload_len(attr);

	while (RTNH_OK(hop, len)) {
		add_index(found, (unsigned int)hop->rtnh_ifindex);
		len -= RTNH_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
}

static int take_route(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rt = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (rt->rtm_dst_len || rt->rtm_type != RTN_UNICAST)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*rt)) {
		if (mnl_attr_get_type(attr) == RTA_OIF)
			add_index(data, mnl_attr_get_u32(attr));
		else if (mnl_attr_get_type(attr) == RTA_MULTIPATH)
			add_hops(data, attr);
	}
	return MNL_CB_OK;
}

static bool is_private(uint32_t be)
{
	uint32_t a = ntohl(be);

	return a >> 24 == 10 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8;
}

static int take_address(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	struct found *found = data;
	char name[IF_NAMESIZE];
	uint32_t address = 0;

	mnl_attr_for_each(attr, nlh, sizeof(*ifa)) {
		if (mnl_attr_get_type(attr) == IFA_LOCAL)
			address = mnl_attr_get_u32(attr);
	}
	if (!address || !if_indextoname(ifa->ifa_index, name))
		return MNL_CB_OK;
	if (found->dev && !strcmp(found->dev, name) && !found->address)
		found->address = address;
	if (ntohl(address) >> 24 == 127 || has(&found->wan, name) ||
	    has(&found->tunnels, name))
		return MNL_CB_OK;
	add(&found->all, name);
	if (is_private(address))
		add(&found->private, name);
	return MNL_CB_OK;
}

void doctor_devices(struct doctor *d)
{
	struct found found = { .dev = NULL };

	dump(RTM_GETROUTE, take_route, &found);
	dump(RTM_GETADDR, take_address, &found);
	d->wan = found.wan.n ? found.wan : found.tunnels;
	d->lan = found.private.n ? found.private : found.all;
}

/* The first IPv4 address of a device, as text. */
bool dev_address(const char *dev, char *text, size_t size)
{
	struct found found = { .dev = dev };

	dump(RTM_GETADDR, take_address, &found);
	return found.address && inet_ntop(AF_INET, &found.address, text, size);
}
