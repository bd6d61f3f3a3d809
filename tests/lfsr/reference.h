/* reference.h: two other ways to a census, that share nothing with the library's. */
#ifndef TESTS_LFSR_REFERENCE_H
#define TESTS_LFSR_REFERENCE_H

#include <breakeven/lfsr.h>

/* Step from every state one bit at a time, by the definition; any register of degree <= 24. */
void reference_walk(uint64_t polynomial, be_lfsr_census *census);

/* From the factors of the polynomial and their orders; no state is visited.
 * Source: B. Elspas, "The theory of autonomous linear sequential networks", 1959. */
void reference_algebra(uint64_t polynomial, be_lfsr_census *census);

/* The register that a text says over GF(q); text that says none ends the test. */
be_lfsr parse_register(uint64_t q, const char *text);

#endif
