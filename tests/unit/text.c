// SPDX-License-Identifier: GPL-2.0-only
/*
 * text.c - helpers of the core's tests: addresses as words, files as bytes,
 * input that ends at an unreadable page.
 */
#include <arpa/inet.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "text.h"

static bool split_port(const char *s, char *host, size_t size, u16 *port)
{
	const char *end, *start = s;
	unsigned long n = 0;

	if (*s == '[') {
		start = s + 1;
		end = strchr(s, ']');
	} else {
		end = strchr(s, ':');
		end = end ? end : s + strlen(s);
	}
	if (!end || (size_t)(end - start) >= size)
		return false;
	memcpy(host, start, (size_t)(end - start));
	host[end - start] = 0;
	if (*end == ']')
		end++;
	if (*end == ':')
		n = strtoul(end + 1, NULL, 10);
	*port = (u16)n;
	return n <= 65535;
}

struct alg_ep text_ep(const char *s)
{
	struct alg_ep ep;
	char host[64];

	memset(&ep, 0, sizeof(ep));
	if (!split_port(s, host, sizeof(host), &ep.port))
		return ep;
	if (inet_pton(AF_INET, host, ep.ip) == 1)
		ep.family = 4;
	else if (inet_pton(AF_INET6, host, ep.ip) == 1)
		ep.family = 6;
	return ep;
}

const char *text_ep_str(const struct alg_ep *ep)
{
	static char ring[8][64];
	static unsigned int next;
	char host[INET6_ADDRSTRLEN] = "-";
	char *out = ring[next++ % 8];

	if (ep->family == 4)
		inet_ntop(AF_INET, ep->ip, host, sizeof(host));
	else if (ep->family == 6)
		inet_ntop(AF_INET6, ep->ip, host, sizeof(host));
	snprintf(out, sizeof(ring[0]), ep->family == 6 ? "[%s]:%u" : "%s:%u",
		 host, ep->port);
	return out;
}

struct alg_pkt text_pkt(enum alg_dir dir, const char *data, size_t len)
{
	struct alg_pkt pkt;

	memset(&pkt, 0, sizeof(pkt));
	pkt.data = data;
	pkt.len = (u32)len;
	pkt.lan = text_ep("192.168.1.10:5060");
	pkt.wan = text_ep("45.0.2.2:5060");
	pkt.peer = text_ep("52.0.0.10:5060");
	pkt.dir = dir;
	pkt.proto = ALG_UDP;
	pkt.seed = 0x5eed;
	return pkt;
}

int text_errno(const char *name)
{
	static const struct { const char *name; int err; } known[] = {
		{ "ENOSPC", -ENOSPC }, { "ENOMEM", -ENOMEM },
		{ "EACCES", -EACCES }, { "ENOENT", -ENOENT },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(name, known[i].name))
			return known[i].err;
	return 0;
}

char *text_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *data = NULL;
	long size = -1;

	if (!f)
		return NULL;
	if (!fseek(f, 0, SEEK_END))
		size = ftell(f);
	if (size >= 0)
		data = malloc((size_t)size + 1);
	rewind(f);
	if (data && fread(data, 1, (size_t)size, f) == (size_t)size) {
		data[size] = 0;
		*len = (size_t)size;
	} else {
		free(data);
		data = NULL;
	}
	fclose(f);
	return data;
}

char *text_room(size_t size)
{
	char *room = malloc(size);

	if (!room) {
		perror("text_room");
		abort();
	}
	return room;
}

void text_show(FILE *f, const char *data, size_t len, const char *prefix)
{
	bool fresh = true;
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)data[i];

		if (fresh)
			fputs(prefix, f);
		fresh = c == '\n';
		if (c == '\r' && i + 1 < len && data[i + 1] == '\n')
			continue;
		if (c == '\n' && (!i || data[i - 1] != '\r'))
			fputs("\\n", f);
		if (c == '\n' || (c >= ' ' && c < 0x7f))
			fputc(c, f);
		else
			fprintf(f, "\\x%02x", c);
	}
	if (!fresh)
		fputs("\\c\n", f);
}

const char *text_root(void)
{
	static char root[PATH_MAX];
	char probe[PATH_MAX + 32], *slash;
	ssize_t n = readlink("/proc/self/exe", root, sizeof(root) - 1);

	root[n > 0 ? n : 0] = 0;
	while ((slash = strrchr(root, '/'))) {
		*slash = 0;
		snprintf(probe, sizeof(probe), "%s/tests/unit/golden", root);
		if (!access(probe, R_OK))
			return root;
	}
	return ".";
}

static size_t guard_size(size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (len + page - 1) / page * page;
}

char *guard_room(size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = guard_size(len);
	char *map = mmap(NULL, size + page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED || mprotect(map + size, page, PROT_NONE)) {
		perror("guard_room");
		abort();
	}
	return map + size - len;
}

char *guard_copy(const void *data, size_t len)
{
	char *copy = guard_room(len);

	if (len)
		memcpy(copy, data, len);
	return copy;
}

void guard_free(char *copy, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = guard_size(len);

	munmap(copy + len - size, size + page);
}

struct sip_buf guard_buf(const char *text)
{
	size_t len = strlen(text);

	return (struct sip_buf){ guard_copy(text, len), (u32)len };
}

void guard_buf_free(struct sip_buf *b)
{
	guard_free((char *)(uintptr_t)b->data, b->len);
}

struct span guard_all(const struct sip_buf *b)
{
	return span_make(0, b->len);
}

const char *text_span(const struct sip_buf *b, struct span s)
{
	static char ring[16][256];
	static unsigned int next;
	char *out = ring[next++ % 16];

	if (!s.off && !s.len)
		return "-";
	snprintf(out, sizeof(ring[0]), "%.*s", (int)s.len, b->data + s.off);
	return out;
}
