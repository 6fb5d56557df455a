// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_facts.c - what the module says of itself, before any check.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "nl.h"

static uint32_t number(const struct nlattr *attr)
{
	return attr ? mnl_attr_get_u32(attr) : 0;
}

static int read_status(struct doctor *d)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];
	struct nl_msgs msgs = { 0 };
	struct nl_req req;
	int ret;

	nl_start(&req, SIPALG_CMD_STATUS_GET);
	ret = nl_do(d->ctl, &req, &msgs);
	if (!ret && nl_first(&msgs)) {
		nl_attrs(nl_first(&msgs), tb);
		d->enabled = tb[SIPALG_A_ENABLED] &&
			     mnl_attr_get_u8(tb[SIPALG_A_ENABLED]);
		snprintf(d->version, sizeof(d->version), "%s",
			 tb[SIPALG_A_VERSION] ?
			 mnl_attr_get_str(tb[SIPALG_A_VERSION]) : "");
		d->pinholes = number(tb[SIPALG_A_MEDIA]);
		d->regs = number(tb[SIPALG_A_REGISTRATIONS]);
	}
	nl_free(&msgs);
	return ret;
}

static void add_port(struct doctor *d, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];
	struct port_list *list = &d->udp;

	nl_attrs(nlh, tb);
	if (!tb[SIPALG_A_PROTO] || !tb[SIPALG_A_PORT])
		return;
	if (mnl_attr_get_u8(tb[SIPALG_A_PROTO]) == IPPROTO_TCP)
		list = &d->tcp;
	if (list->n < DOCTOR_PORTS)
		list->port[list->n++] = mnl_attr_get_u16(tb[SIPALG_A_PORT]);
}

static int read_ports(struct doctor *d)
{
	struct nl_msgs msgs = { 0 };
	const struct nlmsghdr *nlh;
	struct nl_req req;
	int ret;

	nl_start(&req, SIPALG_CMD_PORT_GET);
	ret = nl_dump(d->ctl, &req, &msgs);
	for (nlh = nl_first(&msgs); nlh; nlh = nl_after(&msgs, nlh))
		add_port(d, nlh);
	nl_free(&msgs);
	return ret;
}

/**
 * doctor_facts() - ask the module, if it is there, and find the devices
 * @d: gets loaded, enabled, version, pinholes, regs, udp, tcp, wan, lan
 *
 * The first question loads an installed module.
 *
 * Return: enum ctl_exit; that there is no module is no error.
 */
int doctor_facts(struct doctor *d)
{
	int ret = nl_enter(d->ctl);

	if (ret)
		return ret;
	d->loaded = nl_there(d->ctl);
	if (d->loaded) {
		ret = read_status(d);
		if (!ret)
			ret = read_ports(d);
	} else {
		d->udp.port[d->udp.n++] = 5060;
	}
	doctor_devices(d);
	return ret;
}

void ports_nft(const struct port_list *ports, char *text, size_t size)
{
	char list[8 * DOCTOR_PORTS];

	ports_ipt(ports, list, sizeof(list));
	if (ports->n == 1)
		snprintf(text, size, "%s", list);
	else
		snprintf(text, size, "{ %s }", list);
}

void ports_ipt(const struct port_list *ports, char *text, size_t size)
{
	size_t used = 0;
	unsigned int i;

	text[0] = '\0';
	for (i = 0; i < ports->n && used < size; i++)
		used += snprintf(text + used, size - used, "%s%u",
				 i ? "," : "", ports->port[i]);
}
