/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * port.h - what the core needs from its surroundings.
 *
 * The core is the same source in the kernel module, in the tool and in the
 * tests. This is its only file that includes <linux/...> or libc headers.
 * It must never grow a function of the core's own.
 */
#ifndef SIPALG_CORE_PORT_H
#define SIPALG_CORE_PORT_H

#ifdef __KERNEL__

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/byteorder.h>

static inline u64 port_load64(const char *p)
{
	__le64 v;

	memcpy(&v, p, sizeof(v));
	return le64_to_cpu(v);
}

#define port_noinline	noinline
#define port_inline	__attribute__((__always_inline__))
#define port_ctz64(x)	__ffs64(x)
#define port_clz64(x)	(64 - fls64(x))
#define port_ntohl(x)	be32_to_cpu((__force __be32)(x))

#else /* user space */

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define __must_check	__attribute__((warn_unused_result))
#define port_noinline	__attribute__((__noinline__))
#define port_inline	__attribute__((__always_inline__))
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define port_ctz64(x)	((unsigned int)__builtin_ctzll(x))
#define port_clz64(x)	((unsigned int)__builtin_clzll(x))

static inline u64 port_load64(const char *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define port_ntohl(x)	((u32)(x))
#else
#define port_ntohl(x)	__builtin_bswap32(x)
#endif

#endif /* __KERNEL__ */

#endif /* SIPALG_CORE_PORT_H */
