// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_path.c - SIP and RTP through a NAT router, one message at a time, and
 * what each costs. It runs in the guest of tests/perf/bench-path, where a
 * nanosecond is an instruction: one processor, and a packet is carried all
 * the way to the receiver's socket before sendto() returns.
 *
 *	bench_path ENGINE MESSAGES
 *
 * The namespaces are ENGINEp (phones) and ENGINEo (outside), MESSAGES is
 * tests/messages. Prints "label<tab>number" lines.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "hostile.h"
#include "port.h"

enum {
	MAX_TEXT	= 66000,
	MAX_PATCHES	= 64,
	MAX_RUNS	= 1024,
	SIP_PORT	= 5060,
	RTP_PORT	= 11800,
	FLOWS		= 8800,		/* with ports of four digits */
	FIRST_PORT	= 1100,
	HOSTS		= 32,
	USERS		= 12,		/* registrations a flow */
};

/* What differs from one registration or call to the next. */
struct id {
	unsigned int serial;
	unsigned int host;	/* 192.168.1.HOST, two digits */
	unsigned int port;	/* four digits */
	unsigned int rtp;	/* five digits, the last a zero */
	unsigned int expires;	/* seconds that the registrar grants */
};

enum what { CALL_ID, USER, HOST, PORT, RTP, EXPIRES };

/* Texts of tests/messages that are filled in anew, the same length again. */
static const struct word {
	const char *text;
	unsigned int skip;	/* bytes of it that stay */
	unsigned int len;
	enum what what;
} words[] = {
	{ "5f0c2a71d9e84b6f", 0, 16, CALL_ID },
	{ "91b7d2e0c44f4f7a", 0, 16, CALL_ID },
	{ "3fa4c11d-5b10a-77", 0, 8, CALL_ID },
	{ "4930100", 0, 7, USER },
	{ "192.168.1.10", 10, 2, HOST },
	{ "192.168.1.10:5060", 13, 4, PORT },
	{ "45.0.2.2:5060", 9, 4, PORT },
	{ "rport=5060", 6, 4, PORT },
	{ "1180", 0, 4, RTP },
	{ ";expires=1800", 9, 4, EXPIRES },
};

struct patch {
	unsigned int off;
	const struct word *word;
};

struct message {
	const char *name;
	char *text;
	size_t len;
	struct patch patch[MAX_PATCHES];
	unsigned int npatches;
	bool out;
	unsigned int n;		/* runs */
	uint64_t cost[MAX_RUNS];
	unsigned int changed;	/* arrived as another text */
	unsigned int lost;
};

static const char *engine, *messages;
static unsigned int serial = 1;
static int registrar, far_media, far_dns;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* A socket of a namespace: p, the phones', or o, outside. */
static int open_socket(char where, const char *ip, unsigned int port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	char path[PATH_MAX];
	int ns, fd;

	snprintf(path, sizeof(path), "/run/netns/%s%c", engine, where);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0 || setns(ns, CLONE_NEWNET))
		fail(path);
	close(ns);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	addr.sin_port = htons((uint16_t)port);
	if (fd < 0 || !inet_aton(ip, &addr.sin_addr) ||
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		fail(ip);
	return fd;
}

static int open_phone(const struct id *id)
{
	char ip[32];

	snprintf(ip, sizeof(ip), "192.168.1.%u", id->host);
	return open_socket('p', ip, id->port);
}

static void add_patch(struct message *m, const struct word *w, size_t at)
{
	if (m->npatches == MAX_PATCHES) {
		fprintf(stderr, "%s: too many patches\n", m->name);
		exit(1);
	}
	m->patch[m->npatches].off = (unsigned int)at + w->skip;
	m->patch[m->npatches++].word = w;
}

static void find_words(struct message *m)
{
	const char *end = m->text + m->len, *at;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		at = m->text;
		while ((at = memmem(at, (size_t)(end - at), words[i].text,
				    strlen(words[i].text)))) {
			add_patch(m, &words[i], (size_t)(at - m->text));
			at++;
		}
	}
}

static void load(struct message *m, const char *name, bool out)
{
	char path[PATH_MAX];
	FILE *f;

	memset(m, 0, sizeof(*m));
	m->name = name;
	m->out = out;
	m->text = malloc(MAX_TEXT);
	snprintf(path, sizeof(path), "%s/%s.sip", messages, name);
	f = fopen(path, "rb");
	if (!f || !m->text)
		fail(path);
	m->len = fread(m->text, 1, MAX_TEXT, f);
	fclose(f);
	find_words(m);
}

static void patch(char *text, const struct patch *p, const struct id *id)
{
	const unsigned int number[] = {
		[CALL_ID] = id->serial, [USER] = 4000000 + id->serial,
		[HOST] = id->host, [PORT] = id->port, [RTP] = id->rtp / 10,
		[EXPIRES] = id->expires,
	};
	char value[32];

	snprintf(value, sizeof(value), p->word->what == CALL_ID ? "%0*x" :
		 "%0*u", (int)p->word->len, number[p->word->what]);
	memcpy(text + p->off, value, p->word->len);
}

static void send_to(int fd, const char *text, size_t len, const char *ip,
		    unsigned int port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = inet_addr(ip),
	};

	if (sendto(fd, text, len, 0, (struct sockaddr *)&to,
		   sizeof(to)) != (ssize_t)len)
		fail("sendto");
}

/* One message, one hop; what it cost is noted. */
static void hop(struct message *m, const struct id *id, int phone)
{
	static char got[MAX_TEXT];
	uint64_t start, end;
	unsigned int i;
	ssize_t n;

	for (i = 0; i < m->npatches; i++)
		patch(m->text, &m->patch[i], id);
	if (m->out) {
		start = now();
		send_to(phone, m->text, m->len, "52.0.0.10", SIP_PORT);
	} else {
		start = now();
		send_to(registrar, m->text, m->len, "45.0.2.2", id->port);
	}
	end = now();
	n = recv(m->out ? registrar : phone, got, sizeof(got), MSG_DONTWAIT);
	m->cost[m->n++ % MAX_RUNS] = end - start;
	m->lost += n < 0;
	m->changed += n > 0 && ((size_t)n != m->len ||
				memcmp(got, m->text, m->len));
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t median(uint64_t *v, unsigned int n)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[n / 2];
}

static void put(const char *label, const char *name, uint64_t value)
{
	printf("%s%s%s\t%llu\n", label, *name ? " " : "", name,
	       (unsigned long long)value);
	fflush(stdout);
}

static void forget(struct message *m)
{
	m->n = 0;
	m->changed = 0;
	m->lost = 0;
}

static void report(struct message *m)
{
	unsigned int n = m->n < MAX_RUNS ? m->n : MAX_RUNS;

	put("bytes", m->name, m->len);
	put("cost", m->name, median(m->cost, n));
	put("changed", m->name, 100 * m->changed / m->n);
	put("lost", m->name, 100 * m->lost / m->n);
	forget(m);
}

/* A number of a file in /proc, the first behind a word; 0 without it. */
static uint64_t proc_number(const char *path, const char *word)
{
	char line[256];
	uint64_t value = 0;
	char *at;
	FILE *f = fopen(path, "r");

	if (!f)
		fail(path);
	while (fgets(line, sizeof(line), f)) {
		at = strstr(line, word);
		if (!at)
			continue;
		at += strlen(word);
		value = strtoull(at + strcspn(at, "0123456789"), NULL, 10);
		break;
	}
	fclose(f);
	return value;
}

/* Instructions since boot; those that the idle processor skips are none. */
static uint64_t busy(void)
{
	return now() - proc_number("/proc/timer_list", ".idle_sleeptime");
}

static void rest(unsigned int seconds)
{
	struct timespec t = { .tv_sec = seconds };

	nanosleep(&t, NULL);
}

/* Bytes of the kernel's own data, its big tables included. */
static uint64_t kernel_memory(void)
{
	rest(2);	/* what waits for an RCU grace period */
	return 1024 * (proc_number("/proc/meminfo", "SUnreclaim:") +
		       proc_number("/proc/meminfo", "VmallocUsed:"));
}

static struct id next_id(void)
{
	struct id id = {
		.serial = serial, .host = 10, .port = SIP_PORT,
		.rtp = 20000 + serial % 4000 * 10, .expires = 20,
	};

	serial++;
	return id;
}

static void run(struct message *m, unsigned int n, int phone,
		unsigned int count)
{
	unsigned int i;
	struct id id;

	while (count--) {
		id = next_id();
		for (i = 0; i < n; i++)
			hop(&m[i], &id, phone);
	}
}

static void report_all(struct message *m, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		report(&m[i]);
}

/*
 * A whole sequence, and what it leaves to do for later, which is done within
 * @seconds: what the kernel does in a time as long without it is left out.
 * Once a minute it reads its whole table of flows, which costs as much as a
 * hundred messages: so these are whole minutes, with one reading in each.
 */
static void run_whole(const char *label, struct message *m, unsigned int n,
		      int phone, unsigned int seconds)
{
	enum { WARM = 10, RUNS = 2000 };
	uint64_t start, end;
	unsigned int i;

	run(m, n, phone, WARM);
	for (i = 0; i < n; i++)
		forget(&m[i]);
	start = busy();
	run(m, n, phone, RUNS);
	rest(seconds);
	end = busy();
	rest(seconds);
	put("whole", label, (end - start - (busy() - end)) / RUNS);
	report_all(m, n);
}

static void bench_public(void)
{
	const struct id id = { .host = 11, .port = SIP_PORT + 1 };
	struct message m;
	int phone = open_phone(&id), i;

	load(&m, "invite-public", true);
	m.npatches = 0;
	for (i = 0; i < 100; i++)
		hop(&m, &id, phone);
	report(&m);
	close(phone);
}

static void bench_dialogs(int phone)
{
	struct message reg[4], call[7], poll[2];

	load(&reg[0], "register", true);
	load(&reg[1], "register-401", false);
	load(&reg[2], "register-auth", true);
	load(&reg[3], "register-200", false);
	run_whole("cycle", reg, 4, phone, 120);
	load(&call[0], "invite-audio", true);
	load(&call[1], "100", false);
	load(&call[2], "180", false);
	load(&call[3], "200-sdp", false);
	load(&call[4], "ack", true);
	load(&call[5], "bye", true);
	load(&call[6], "bye-200", false);
	run_whole("call", call, 7, phone, 60);
	load(&call[0], "invite-ice", true);
	run(call, 7, phone, 100);
	report(&call[0]);
	load(&poll[0], "options", false);
	load(&poll[1], "options-200", true);
	run(poll, 2, phone, 100);
	report_all(poll, 2);
}

static uint64_t packet(int from, const char *ip, unsigned int port, int to)
{
	char text[172] = "";	/* RTP: 20 ms of G.711 */
	uint64_t start = now(), end;

	send_to(from, text, sizeof(text), ip, port);
	end = now();
	if (recv(to, text, sizeof(text), MSG_DONTWAIT) != sizeof(text) &&
	    strcmp(engine, "intree")) {
		fprintf(stderr, "%s: RTP to %s:%u did not arrive\n", engine,
			ip, port);
		exit(1);
	}
	return end - start;
}

static void bench_rtp(int phone)
{
	static uint64_t out[MAX_RUNS], in[MAX_RUNS], direct[MAX_RUNS];
	struct id id = next_id(), media = id;
	int rtp, from, to, i;
	struct message m[3];

	load(&m[0], "invite-audio", true);
	load(&m[1], "200-sdp", false);
	load(&m[2], "ack", true);
	for (i = 0; i < 3; i++)
		hop(&m[i], &id, phone);
	media.port = id.rtp;
	rtp = open_phone(&media);
	from = open_socket('p', "10.9.9.1", 1);
	to = open_socket('o', "10.9.9.2", 1);
	for (i = 0; i < MAX_RUNS; i++) {
		out[i] = packet(rtp, "52.0.0.31", 23110, far_media);
		in[i] = packet(far_media, "45.0.2.2", media.port, rtp);
		direct[i] = packet(from, "10.9.9.2", 1, to);
	}
	put("rtp", "out", median(out, MAX_RUNS));
	put("rtp", "in", median(in, MAX_RUNS));
	put("rtp", "direct", median(direct, MAX_RUNS));
	close(rtp);
	close(from);
	close(to);
}

/* The first packet of a flow that has nothing to do with SIP. */
static void bench_new_flow(const char *label)
{
	static unsigned int port = 40000;
	static uint64_t cost[200];
	unsigned int i;
	struct id id = { .host = 10 };
	int fd;

	for (i = 0; i < 200; i++) {
		id.port = port++;
		fd = open_phone(&id);
		cost[i] = packet(fd, "52.0.0.53", 53, far_dns);
		close(fd);
	}
	put("new", label, median(cost, 200));
}

/* One more registration, among those that are there. */
static void bench_register(const char *label, struct message reg[2], int phone)
{
	run(reg, 2, phone, 200);
	put("register", label, median(reg[0].cost, 200));
	put("granted", label, median(reg[1].cost, 200));
	reg[0].n = 0;
	reg[1].n = 0;
}

/* Registrations of flow @flow, @users of them. */
static unsigned int fill_flow(struct message reg[2], unsigned int flow,
			      unsigned int users)
{
	unsigned int i, lost = reg[0].lost;
	struct id id;
	int phone = -1;

	for (i = 0; i < users; i++) {
		id = next_id();
		id.host = 10 + flow % HOSTS;
		id.port = FIRST_PORT + flow;
		id.expires = 3600;
		if (id.port == SIP_PORT)
			return 0;
		if (phone < 0)
			phone = open_phone(&id);
		hop(&reg[0], &id, phone);
		hop(&reg[1], &id, phone);
	}
	if (phone >= 0)
		close(phone);
	return users - (reg[0].lost - lost);
}

static unsigned int fill(struct message reg[2], unsigned int first,
			 unsigned int last, unsigned int users)
{
	unsigned int held = 0;

	for (; first < last; first++)
		held += fill_flow(reg, first, users);
	return held;
}

static void bench_scale(int phone)
{
	enum { FEW = 1000 / USERS };
	bool ours = !strcmp(engine, "sipalg");
	struct message reg[2];
	unsigned int held;
	uint64_t before;

	load(&reg[0], "register", true);
	load(&reg[1], "register-200", false);
	held = fill(reg, 0, FEW, ours ? USERS : 1);
	bench_register("1k", reg, phone);
	bench_new_flow("1k");
	before = kernel_memory();
	held += fill(reg, FEW, FLOWS, 1);
	put("memory", "registration", (kernel_memory() - before) /
					(FLOWS - FEW));
	if (ours)
		held += fill(reg, FEW, FLOWS, USERS - 1);
	put("held", "", held);
	bench_register("100k", reg, phone);
	bench_new_flow("100k");
}

/* Calls that stand. */
static void bench_calls(int phone)
{
	enum { CALLS = 2000 };
	struct message call[3];
	uint64_t before;

	load(&call[0], "invite-audio", true);
	load(&call[1], "200-sdp", false);
	load(&call[2], "ack", true);
	before = kernel_memory();
	run(call, 3, phone, CALLS);
	put("memory", "call", (kernel_memory() - before) / CALLS);
}

static void bench_hostile(int phone)
{
	static const size_t sizes[] = { 1000, 12250, 31750, 63500 };
	static char text[MAX_TEXT];
	const struct id id = { .host = 10, .port = SIP_PORT };
	struct message m = { .out = true, .text = text };
	char label[64];
	size_t i;
	int kind;

	for (kind = 0; kind < HOSTILE_KINDS; kind++)
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			m.len = hostile_make((enum hostile_kind)kind,
					     sizes[i], text);
			snprintf(label, sizeof(label), "hostile-%s/%zu",
				 hostile_name((enum hostile_kind)kind),
				 sizes[i]);
			m.name = label;
			m.n = 0;
			while (m.n < 7)
				hop(&m, &id, phone);
			report(&m);
		}
}

int main(int argc, char **argv)
{
	const struct id id = { .host = 10, .port = SIP_PORT };
	int phone;

	if (argc != 3)
		return 1;
	engine = argv[1];
	messages = argv[2];
	registrar = open_socket('o', "52.0.0.10", SIP_PORT);
	far_media = open_socket('o', "52.0.0.31", 23110);
	far_dns = open_socket('o', "52.0.0.53", 53);
	rest(100);	/* what a kernel still does after its start */
	bench_public();
	phone = open_phone(&id);
	bench_dialogs(phone);
	bench_rtp(phone);
	bench_calls(phone);
	bench_hostile(phone);
	bench_scale(phone);
	return 0;
}
