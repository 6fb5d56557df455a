// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_kernel.c - checks of sysctls: forwarding, reverse path filter, and
 * the limits and timeouts of conntrack.
 *
 * The limits are the machine's, not the namespace's: their commands run
 * outside of it.
 */
#include <stdio.h>
#include <string.h>

#include "doctor.h"

#define CONNTRACK	"net.netfilter.nf_conntrack_"

/* Return: false if there is no such setting. */
static bool read_sysctl(const char *path, unsigned long *value)
{
	char file[160];
	FILE *f;
	int n;

	snprintf(file, sizeof(file), "/proc/sys/%s", path);
	f = fopen(file, "re");
	if (!f)
		return false;
	n = fscanf(f, "%lu", value);
	fclose(f);
	return n == 1;
}

static bool read_conntrack(const char *name, unsigned long *value)
{
	char path[96];

	snprintf(path, sizeof(path), "net/netfilter/nf_conntrack_%s", name);
	return read_sysctl(path, value);
}

static bool read_conf(const char *dev, const char *name, unsigned long *value)
{
	char path[96];

	snprintf(path, sizeof(path), "net/ipv4/conf/%s/%s", dev, name);
	return read_sysctl(path, value);
}

/* sysctl(8) takes slashes, and then dots are part of the name: eth0.5 */
static void fix_conf(struct doctor *d, const char *dev, const char *name,
		     int value)
{
	const char *sep = strchr(dev, '.') ? "/" : ".";

	fix_here(d, "sysctl -w net%sipv4%sconf%s%s%s%s=%d", sep, sep, sep, dev,
		 sep, name, value);
}

void check_ip_forward(struct doctor *d)
{
	unsigned long on = 0;
	unsigned int i;

	if (!read_sysctl("net/ipv4/ip_forward", &on) || !on) {
		fix_here(d, "sysctl -w net.ipv4.ip_forward=1");
		doctor_fail(d, "IPv4 is not forwarded: this is no router yet");
		return;
	}
	for (i = 0; i < d->wan.n; i++) {
		if (!read_conf(d->wan.name[i], "forwarding", &on) || on)
			continue;
		fix_conf(d, d->wan.name[i], "forwarding", 1);
		doctor_fail(d, "what comes by %s is not forwarded",
			    d->wan.name[i]);
		return;
	}
	doctor_ok(d, "IPv4 is forwarded");
}

/* The stricter one of "all" and the device is in force; 2, loose, is more. */
void check_rp_filter(struct doctor *d)
{
	unsigned long all = 0, one;
	const char *strict = NULL;
	unsigned int i;

	read_conf("all", "rp_filter", &all);
	for (i = 0; i < d->wan.n; i++) {
		one = 0;
		read_conf(d->wan.name[i], "rp_filter", &one);
		if ((all > one ? all : one) != 1)
			continue;
		fix_conf(d, d->wan.name[i], "rp_filter", 2);
		strict = d->wan.name[i];
	}
	if (strict)
		doctor_warn(d,
			    "%s drops what comes from an address to which another route leads: audio may stay away with two lines or a VPN",
			    strict);
	else
		doctor_ok(d, "no WAN device filters by the route back strictly");
}

static unsigned long power_of_two(unsigned long n)
{
	unsigned long p = 16;

	while (p < n)
		p *= 2;
	return p;
}

/*
 * RTP and RTCP of a call are an expectation each. One registered phone in ten
 * talks at the same time; 16 are little for any router.
 */
void check_expect_limit(struct doctor *d)
{
	unsigned long max = 0, need = d->regs / 5;

	if (!read_conntrack("expect_max", &max)) {
		doctor_ok(d, "conntrack is not there yet");
		return;
	}
	if (need < d->pinholes)
		need = d->pinholes;
	if (need < 16)
		need = 16;
	if (max < need) {
		fix_global(d, "sysctl -w " CONNTRACK "expect_max=%lu",
			   power_of_two(2 * need));
		doctor_warn(d,
			    "%lu expectations at most, and %lu may be needed: the media beyond is let through, but no expectation shows it",
			    max, need);
		return;
	}
	doctor_ok(d, "%lu expectations at most, %lu may be needed", max, need);
}

/*
 * A full table drops every new flow; from half full on, signalling flows are
 * no longer kept until their registration ends.
 */
void check_conntrack_limit(struct doctor *d)
{
	unsigned long max = 0, count = 0, need;

	if (!read_conntrack("max", &max) || !read_conntrack("count", &count)) {
		doctor_ok(d, "conntrack is not there yet");
		return;
	}
	need = count + d->regs + d->pinholes;
	if (!max || need < max / 2) {
		doctor_ok(d, "%lu of %lu conntracks are in use", count, max);
		return;
	}
	fix_global(d, "sysctl -w " CONNTRACK "max=%lu",
		   power_of_two(4 * need));
	if (count >= max - max / 16)
		doctor_fail(d,
			    "%lu of %lu conntracks are in use: new flows are dropped when there are as many",
			    count, max);
	else
		doctor_warn(d,
			    "%lu of %lu conntracks are in use: with more than half of them signalling flows are not kept",
			    count, max);
}

/* RFC 4787 REQ-5: two minutes; the kernel's own default before an answer. */
void check_udp_timeout(struct doctor *d)
{
	unsigned long first = 0, stream = 0;

	if (!read_conntrack("udp_timeout", &first) ||
	    !read_conntrack("udp_timeout_stream", &stream)) {
		doctor_ok(d, "conntrack is not there yet");
		return;
	}
	if (first < 30)
		fix_here(d, "sysctl -w " CONNTRACK "udp_timeout=30");
	if (stream < 120)
		fix_here(d, "sysctl -w " CONNTRACK "udp_timeout_stream=120");
	if (d->fix)
		doctor_warn(d,
			    "UDP flows end after %lu s without answer and %lu s idle: less than 30 and 120 s cuts calls with silence suppression",
			    first, stream);
	else
		doctor_ok(d, "UDP flows end after %lu s without answer, %lu s idle",
			  first, stream);
}
