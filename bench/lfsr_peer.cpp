// lfsr_peer.cpp: NTL and gf2x for bench/lfsr_algebra.c, as a process of its own.
//
//     lfsr_peer mul|factor FILE    FILE: limbs of one polynomial, or of two of the same length
//
// Prints nanoseconds and a digest: the sum over the factors (or of the product) of exponent *
// FNV-1a of their bytes.
#include <NTL/GF2XFactoring.h>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <gf2x.h>
#include <iterator>
#include <vector>

static std::uint64_t hash(const unsigned char *bytes, std::size_t size)
{
    while (size > 0 && bytes[size - 1] == 0) {
        size--;
    }
    std::uint64_t h = 0xCBF29CE484222325;
    for (std::size_t i = 0; i < size; i++) {
        h = (h ^ bytes[i]) * 0x100000001B3;
    }
    return h;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        return 2;
    }
    std::ifstream file(argv[2], std::ios::binary);
    std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    std::uint64_t digest = 0;
    std::chrono::steady_clock::time_point begin, end;
    if (!std::strcmp(argv[1], "mul")) {
        std::size_t n = bytes.size() / 16;
        std::vector<unsigned long> a(n), b(n), r(2 * n);
        std::memcpy(a.data(), bytes.data(), 8 * n);
        std::memcpy(b.data(), bytes.data() + 8 * n, 8 * n);
        gf2x_mul(r.data(), a.data(), n, b.data(), n); // once for its tables
        begin = std::chrono::steady_clock::now();
        gf2x_mul(r.data(), a.data(), n, b.data(), n);
        end = std::chrono::steady_clock::now();
        digest = hash(reinterpret_cast<unsigned char *>(r.data()), 16 * n);
    } else {
        NTL::GF2X f = NTL::GF2XFromBytes(reinterpret_cast<unsigned char *>(bytes.data()),
                                         static_cast<long>(bytes.size()));
        NTL::Vec<NTL::Pair<NTL::GF2X, long>> factors;
        begin = std::chrono::steady_clock::now();
        NTL::CanZass(factors, f);
        end = std::chrono::steady_clock::now();
        std::vector<unsigned char> of(bytes.size());
        for (long i = 0; i < factors.length(); i++) {
            NTL::BytesFromGF2X(of.data(), factors[i].a, static_cast<long>(of.size()));
            digest += static_cast<std::uint64_t>(factors[i].b) * hash(of.data(), of.size());
        }
    }
    std::printf("%lld %llu\n",
                static_cast<long long>(
                    std::chrono::duration_cast<std::chrono::nanoseconds>(end - begin).count()),
                static_cast<unsigned long long>(digest));
    return 0;
}
