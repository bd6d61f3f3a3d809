"""Write the primes of tools/cunningham.txt as C: python3 tools/gen_primes.py tools/cunningham.txt
> src/lfsr/primes.inc. Rows by base and n, without a gap in n; limbs of the primes one after the
other, each behind their number."""
import sys


def main(source):
    print("/* python3 tools/gen_primes.py tools/cunningham.txt > src/lfsr/primes.inc */")
    rows, limbs, bases = [], [], {}
    for line in open(source, encoding="ascii"):
        if line.startswith("#"):
            continue
        base, n, *words = line.split()
        bases.setdefault(int(base), []).append(len(rows))
        if int(n) != len(bases[int(base)]):
            sys.exit(f"{source}: a gap before {base}^{n} - 1")
        ending = words.pop() if words and words[-1] in "1?" else ""
        rows.append((len(limbs), len(words), {"": "REST_PRIME", "1": "REST_ONE", "?": "REST_OPEN"}[ending]))
        for prime in map(int, words):
            n_limbs = (prime.bit_length() + 63) // 64
            limbs += [n_limbs] + [prime >> 64 * i & (1 << 64) - 1 for i in range(n_limbs)]
    print("static const primes_base BASES[] = {")
    for base, where in bases.items():
        print(f"    {{{base}, {len(where)}, {where[0]}}},")
    print("};\nstatic const primes_row ROWS[] = {")
    for begin in range(0, len(rows), 6):
        print("    " + " ".join(f"{{{at}, {n}, {rest}}}," for at, n, rest in rows[begin:begin + 6]))
    print("};\nstatic const uint64_t LIMBS[] = {")
    for begin in range(0, len(limbs), 6):
        print("    " + " ".join(f"{limb:#x}," for limb in limbs[begin:begin + 6]))
    print("};")


main(*sys.argv[1:])
