// SPDX-License-Identifier: GPL-2.0-only
/*
 * name.c - the names of the headers that the core reads, as words to compare
 * a line with. A new one is a word, a row and, if no other name begins so, a
 * slot.
 */
#include "name.h"

enum { MAX_NAME = 24 };		/* the longest has 20 letters */

#define VIA_	SPAN_WORD('v', 'i', 'a', ':', 0, 0, 0, 0)
#define V_	SPAN_WORD('v', ':', 0, 0, 0, 0, 0, 0)
#define FROM_	SPAN_WORD('f', 'r', 'o', 'm', ':', 0, 0, 0)
#define F_	SPAN_WORD('f', ':', 0, 0, 0, 0, 0, 0)
#define TO_	SPAN_WORD('t', 'o', ':', 0, 0, 0, 0, 0)
#define T_	SPAN_WORD('t', ':', 0, 0, 0, 0, 0, 0)
#define CALL_ID_	SPAN_WORD('c', 'a', 'l', 'l', '-', 'i', 'd', ':')
#define I_	SPAN_WORD('i', ':', 0, 0, 0, 0, 0, 0)
#define CSEQ_	SPAN_WORD('c', 's', 'e', 'q', ':', 0, 0, 0)
#define CONTACT_	SPAN_WORD('c', 'o', 'n', 't', 'a', 'c', 't', ':')
#define M_	SPAN_WORD('m', ':', 0, 0, 0, 0, 0, 0)
#define ROUTE_	SPAN_WORD('r', 'o', 'u', 't', 'e', ':', 0, 0)
#define RECORD_	SPAN_WORD('r', 'e', 'c', 'o', 'r', 'd', '-', 'r')
#define RECORD_END	SPAN_WORD('d', '-', 'r', 'o', 'u', 't', 'e', ':')
#define EXPIRES_	SPAN_WORD('e', 'x', 'p', 'i', 'r', 'e', 's', ':')
#define LENGTH_	SPAN_WORD('c', 'o', 'n', 't', 'e', 'n', 't', '-')
#define LENGTH_END	SPAN_WORD('-', 'l', 'e', 'n', 'g', 't', 'h', ':')
#define L_	SPAN_WORD('l', ':', 0, 0, 0, 0, 0, 0)
#define TYPE_	SPAN_WORD('c', 'o', 'n', 't', 'e', 'n', 't', '-')
#define TYPE_END	SPAN_WORD('n', 't', '-', 't', 'y', 'p', 'e', ':')
#define C_	SPAN_WORD('c', ':', 0, 0, 0, 0, 0, 0)
#define ENCODING_	SPAN_WORD('c', 'o', 'n', 't', 'e', 'n', 't', '-')
#define ENCODING_END	SPAN_WORD('n', 'c', 'o', 'd', 'i', 'n', 'g', ':')
#define E_	SPAN_WORD('e', ':', 0, 0, 0, 0, 0, 0)
#define AUTH_	SPAN_WORD('a', 'u', 't', 'h', 'o', 'r', 'i', 'z')
#define AUTH_END	SPAN_WORD('i', 'z', 'a', 't', 'i', 'o', 'n', ':')
#define PROXY_AUTH_	SPAN_WORD('p', 'r', 'o', 'x', 'y', '-', 'a', 'u')
#define PROXY_AUTH_END	SPAN_WORD('i', 'z', 'a', 't', 'i', 'o', 'n', ':')
#define PATH_	SPAN_WORD('p', 'a', 't', 'h', ':', 0, 0, 0)
#define SERVICE_	SPAN_WORD('s', 'e', 'r', 'v', 'i', 'c', 'e', '-')
#define SERVICE_END	SPAN_WORD('e', '-', 'r', 'o', 'u', 't', 'e', ':')
#define REFER_	SPAN_WORD('r', 'e', 'f', 'e', 'r', '-', 't', 'o')
#define REFER_END	SPAN_WORD('e', 'f', 'e', 'r', '-', 't', 'o', ':')
#define R_	SPAN_WORD('r', ':', 0, 0, 0, 0, 0, 0)
#define REFERRED_	SPAN_WORD('r', 'e', 'f', 'e', 'r', 'r', 'e', 'd')
#define REFERRED_END	SPAN_WORD('r', 'r', 'e', 'd', '-', 'b', 'y', ':')
#define B_	SPAN_WORD('b', ':', 0, 0, 0, 0, 0, 0)
#define REPLY_	SPAN_WORD('r', 'e', 'p', 'l', 'y', '-', 't', 'o')
#define REPLY_END	SPAN_WORD('e', 'p', 'l', 'y', '-', 't', 'o', ':')
#define REMOTE_	SPAN_WORD('r', 'e', 'm', 'o', 't', 'e', '-', 'p')
#define REMOTE_END	SPAN_WORD('a', 'r', 't', 'y', '-', 'i', 'd', ':')
#define ASSERTED_	SPAN_WORD('p', '-', 'a', 's', 's', 'e', 'r', 't')
#define ASSERTED_END	SPAN_WORD('d', 'e', 'n', 't', 'i', 't', 'y', ':')
#define PREFERRED_	SPAN_WORD('p', '-', 'p', 'r', 'e', 'f', 'e', 'r')
#define PREFERRED_END	SPAN_WORD('d', 'e', 'n', 't', 'i', 't', 'y', ':')
#define DIVERSION_	SPAN_WORD('d', 'i', 'v', 'e', 'r', 's', 'i', 'o')
#define DIVERSION_END	SPAN_WORD('v', 'e', 'r', 's', 'i', 'o', 'n', ':')
#define HISTORY_	SPAN_WORD('h', 'i', 's', 't', 'o', 'r', 'y', '-')
#define HISTORY_END	SPAN_WORD('r', 'y', '-', 'i', 'n', 'f', 'o', ':')

/* What must be equal in the first @n letters of @word. */
#define CARE(word, n)	(~SIP_NAME_CASE(word) & ~0ULL >> (64 - 8 * (n)))

enum {
	VIA, V, FROM, F, TO, T, CALL_ID, I, CSEQ, CONTACT, M, ROUTE, RECORD,
	EXPIRES, LENGTH, L, TYPE, C, ENCODING, E, AUTH, PROXY_AUTH, PATH,
	SERVICE, REFER, R, REFERRED, B, REPLY, REMOTE, ASSERTED, PREFERRED,
	DIVERSION, HISTORY,
};

static const struct sip_name names[] = {
	[VIA] = { VIA_, CARE(VIA_, 4), 0,
		NULL, 3, SIP_HDR_VIA },
	[V] = { V_, CARE(V_, 2), 0,
		NULL, 1, SIP_HDR_VIA },
	[FROM] = { FROM_, CARE(FROM_, 5), 0,
		NULL, 4, SIP_HDR_FROM },
	[F] = { F_, CARE(F_, 2), 0,
		NULL, 1, SIP_HDR_FROM },
	[TO] = { TO_, CARE(TO_, 3), 0,
		NULL, 2, SIP_HDR_TO },
	[T] = { T_, CARE(T_, 2), 0,
		NULL, 1, SIP_HDR_TO },
	[CALL_ID] = { CALL_ID_, CARE(CALL_ID_, 8), 0,
		NULL, 7, SIP_HDR_CALL_ID },
	[I] = { I_, CARE(I_, 2), 0,
		NULL, 1, SIP_HDR_CALL_ID },
	[CSEQ] = { CSEQ_, CARE(CSEQ_, 5), 0,
		NULL, 4, SIP_HDR_CSEQ },
	[CONTACT] = { CONTACT_, CARE(CONTACT_, 8), 0,
		&names[LENGTH], 7, SIP_HDR_CONTACT },
	[M] = { M_, CARE(M_, 2), 0,
		NULL, 1, SIP_HDR_CONTACT },
	[ROUTE] = { ROUTE_, CARE(ROUTE_, 6), 0,
		NULL, 5, SIP_HDR_ROUTE },
	[RECORD] = { RECORD_, CARE(RECORD_, 8), RECORD_END,
		&names[REFER], 12, SIP_HDR_RECORD_ROUTE },
	[EXPIRES] = { EXPIRES_, CARE(EXPIRES_, 8), 0,
		NULL, 7, SIP_HDR_EXPIRES },
	[LENGTH] = { LENGTH_, CARE(LENGTH_, 8), LENGTH_END,
		&names[TYPE], 14, SIP_HDR_CONTENT_LENGTH },
	[L] = { L_, CARE(L_, 2), 0,
		NULL, 1, SIP_HDR_CONTENT_LENGTH },
	[TYPE] = { TYPE_, CARE(TYPE_, 8), TYPE_END,
		&names[ENCODING], 12, SIP_HDR_CONTENT_TYPE },
	[C] = { C_, CARE(C_, 2), 0,
		NULL, 1, SIP_HDR_CONTENT_TYPE },
	[ENCODING] = { ENCODING_, CARE(ENCODING_, 8), ENCODING_END,
		NULL, 16, SIP_HDR_CONTENT_ENCODING },
	[E] = { E_, CARE(E_, 2), 0,
		NULL, 1, SIP_HDR_CONTENT_ENCODING },
	[AUTH] = { AUTH_, CARE(AUTH_, 8), AUTH_END,
		NULL, 13, SIP_HDR_AUTHORIZATION },
	[PROXY_AUTH] = { PROXY_AUTH_, CARE(PROXY_AUTH_, 8), PROXY_AUTH_END,
		NULL, 19, SIP_HDR_PROXY_AUTHORIZATION },
	[PATH] = { PATH_, CARE(PATH_, 5), 0,
		NULL, 4, SIP_HDR_PATH },
	[SERVICE] = { SERVICE_, CARE(SERVICE_, 8), SERVICE_END,
		NULL, 13, SIP_HDR_SERVICE_ROUTE },
	[REFER] = { REFER_, CARE(REFER_, 8), REFER_END,
		&names[REFERRED], 8, SIP_HDR_REFER_TO },
	[R] = { R_, CARE(R_, 2), 0,
		NULL, 1, SIP_HDR_REFER_TO },
	[REFERRED] = { REFERRED_, CARE(REFERRED_, 8), REFERRED_END,
		&names[REPLY], 11, SIP_HDR_REFERRED_BY },
	[B] = { B_, CARE(B_, 2), 0,
		NULL, 1, SIP_HDR_REFERRED_BY },
	[REPLY] = { REPLY_, CARE(REPLY_, 8), REPLY_END,
		&names[REMOTE], 8, SIP_HDR_REPLY_TO },
	[REMOTE] = { REMOTE_, CARE(REMOTE_, 8), REMOTE_END,
		NULL, 15, SIP_HDR_REMOTE_PARTY_ID },
	[ASSERTED] = { ASSERTED_, CARE(ASSERTED_, 8), ASSERTED_END,
		&names[PREFERRED], 19, SIP_HDR_P_ASSERTED_IDENTITY },
	[PREFERRED] = { PREFERRED_, CARE(PREFERRED_, 8), PREFERRED_END,
		NULL, 20, SIP_HDR_P_PREFERRED_IDENTITY },
	[DIVERSION] = { DIVERSION_, CARE(DIVERSION_, 8), DIVERSION_END,
		NULL, 9, SIP_HDR_DIVERSION },
	[HISTORY] = { HISTORY_, CARE(HISTORY_, 8), HISTORY_END,
		NULL, 12, SIP_HDR_HISTORY_INFO },
};

#define PAIR(a, b)	SIP_NAME_SLOT((a) | (b) << 8)

const struct sip_name * const sip_name_first[64] = {
	[PAIR('v', 'i')] = &names[VIA],
	[PAIR('v', ':')] = &names[V],
	[PAIR('f', 'r')] = &names[FROM],
	[PAIR('f', ':')] = &names[F],
	[PAIR('t', 'o')] = &names[TO],
	[PAIR('t', ':')] = &names[T],
	[PAIR('c', 'a')] = &names[CALL_ID],
	[PAIR('i', ':')] = &names[I],
	[PAIR('c', 's')] = &names[CSEQ],
	[PAIR('c', 'o')] = &names[CONTACT],
	[PAIR('m', ':')] = &names[M],
	[PAIR('r', 'o')] = &names[ROUTE],
	[PAIR('r', 'e')] = &names[RECORD],
	[PAIR('e', 'x')] = &names[EXPIRES],
	[PAIR('l', ':')] = &names[L],
	[PAIR('c', ':')] = &names[C],
	[PAIR('e', ':')] = &names[E],
	[PAIR('a', 'u')] = &names[AUTH],
	[PAIR('p', 'r')] = &names[PROXY_AUTH],
	[PAIR('p', 'a')] = &names[PATH],
	[PAIR('s', 'e')] = &names[SERVICE],
	[PAIR('r', ':')] = &names[R],
	[PAIR('b', ':')] = &names[B],
	[PAIR('p', '-')] = &names[ASSERTED],
	[PAIR('d', 'i')] = &names[DIVERSION],
	[PAIR('h', 'i')] = &names[HISTORY],
};

enum sip_hdr_id sip_name_find(const struct sip_buf *b, struct span s)
{
	char line[MAX_NAME + 8] = { 0 };
	const struct sip_name *n;

	if (!s.len || s.len > MAX_NAME)
		return SIP_HDR_OTHER;
	memcpy(line, b->data + s.off, s.len);
	line[s.len] = ':';
	n = sip_name_match(line, line + s.len + 1, port_load64(line));
	return n && n->len == s.len ? (enum sip_hdr_id)n->id : SIP_HDR_OTHER;
}
