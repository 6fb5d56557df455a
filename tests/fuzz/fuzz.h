/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz.h - what libFuzzer calls in every target.
 */
#ifndef SIPALG_TESTS_FUZZ_H
#define SIPALG_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/** LLVMFuzzerTestOneInput() - one input; returns 0, or does not return */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* SIPALG_TESTS_FUZZ_H */
