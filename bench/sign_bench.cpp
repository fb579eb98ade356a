// What does a signature cost? Prepared keys, in every way OpenSSL offers, against one-shot HMAC,
// and several texts at once.
// SPDX-License-Identifier: MIT
#define OPENSSL_SUPPRESS_DEPRECATED
#include <benchmark/benchmark.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "bench/support/allocations.hpp"
#include "notify/sign/hmac_batch.hpp"
#include "notify/sign/scheme.hpp"

namespace assay::notify {
namespace {

constexpr std::string_view key_text = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

// OpenSSL allocates past operator new; its share is counted here.
std::uint64_t openssl_allocations = 0;

void* counted_malloc(std::size_t bytes, const char*, int) {
    ++openssl_allocations;
    return std::malloc(bytes);
}
void* counted_realloc(void* memory, std::size_t bytes, const char*, int) {
    ++openssl_allocations;
    return std::realloc(memory, bytes);
}
void plain_free(void* memory, const char*, int) {
    std::free(memory);
}

std::uint64_t all_allocations() {
    return bench::allocations() + openssl_allocations;
}

std::string body_of(std::int64_t bytes) {
    std::string body(static_cast<std::size_t>(bytes), '\0');
    for (std::size_t i = 0; i < body.size(); ++i)
        body[i] = static_cast<char>('a' + i % 26);
    return body;
}

unsigned char* bytes_of(Digest& digest) {
    return reinterpret_cast<unsigned char*>(digest.data());
}
const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// The contenders: each signs one text with one key.
struct Prepared {
    HmacKey key{key_text};
    Digest sign(std::string_view body) { return key.sign({body}); }
};

struct OneShot {
    Digest sign(std::string_view body) {
        Digest digest;
        unsigned size = 0;
        HMAC(EVP_sha256(), key_text.data(), static_cast<int>(key_text.size()), bytes_of(body),
             body.size(), bytes_of(digest), &size);
        return digest;
    }
};

struct MacWithNullKey {
    EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    EVP_MAC_CTX* context = EVP_MAC_CTX_new(mac);

    MacWithNullKey() {
        char digest[] = "SHA256";
        const OSSL_PARAM parameters[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
            OSSL_PARAM_construct_end()};
        EVP_MAC_init(context, bytes_of(key_text), key_text.size(), parameters);
    }
    ~MacWithNullKey() {
        EVP_MAC_CTX_free(context);
        EVP_MAC_free(mac);
    }
    Digest sign(std::string_view body) {
        Digest digest;
        std::size_t size = 0;
        EVP_MAC_init(context, nullptr, 0, nullptr);
        EVP_MAC_update(context, bytes_of(body), body.size());
        EVP_MAC_final(context, bytes_of(digest), &size, digest.size());
        return digest;
    }
};

struct MacCopied : MacWithNullKey {
    Digest sign(std::string_view body) {
        Digest digest;
        std::size_t size = 0;
        EVP_MAC_CTX* copy = EVP_MAC_CTX_dup(context);
        EVP_MAC_update(copy, bytes_of(body), body.size());
        EVP_MAC_final(copy, bytes_of(digest), &size, digest.size());
        EVP_MAC_CTX_free(copy);
        return digest;
    }
};

// The pads hashed through EVP, and copied for each signature.
struct DigestCopied {
    EVP_MD_CTX* inner = EVP_MD_CTX_new();
    EVP_MD_CTX* outer = EVP_MD_CTX_new();
    EVP_MD_CTX* work = EVP_MD_CTX_new();

    DigestCopied() {
        unsigned char pad[64];
        for (const auto& [context, fill] : {std::pair(inner, 0x36), std::pair(outer, 0x5c)}) {
            std::memset(pad, fill, sizeof pad);
            for (std::size_t i = 0; i < key_text.size(); ++i)
                pad[i] = static_cast<unsigned char>(pad[i] ^ bytes_of(key_text)[i]);
            EVP_DigestInit_ex(context, EVP_sha256(), nullptr);
            EVP_DigestUpdate(context, pad, sizeof pad);
        }
    }
    ~DigestCopied() {
        EVP_MD_CTX_free(inner);
        EVP_MD_CTX_free(outer);
        EVP_MD_CTX_free(work);
    }
    Digest sign(std::string_view body) {
        Digest digest;
        unsigned size = 0;
        EVP_MD_CTX_copy_ex(work, inner);
        EVP_DigestUpdate(work, body.data(), body.size());
        EVP_DigestFinal_ex(work, bytes_of(digest), &size);
        EVP_MD_CTX_copy_ex(work, outer);
        EVP_DigestUpdate(work, digest.data(), digest.size());
        EVP_DigestFinal_ex(work, bytes_of(digest), &size);
        return digest;
    }
};

void report(benchmark::State& state, std::uint64_t allocated, std::size_t at_once = 1) {
    const double made = static_cast<double>(state.iterations()) * static_cast<double>(at_once);
    state.counters["signatures/s"] = benchmark::Counter(made, benchmark::Counter::kIsRate);
    state.counters["allocations"] = static_cast<double>(allocated) / made;
}

template <class Contender>
void hmac(benchmark::State& state) {
    Contender contender;
    OneShot reference;
    const std::string body = body_of(state.range(0));
    if (contender.sign(body) != reference.sign(body) || contender.sign("") != reference.sign("")) {
        state.SkipWithError("wrong digest");
        return;
    }
    const std::uint64_t before = all_allocations();
    for (auto _ : state)
        benchmark::DoNotOptimize(contender.sign(body));
    report(state, all_allocations() - before);
}
BENCHMARK_TEMPLATE(hmac, Prepared)->Arg(512)->Arg(1024);
BENCHMARK_TEMPLATE(hmac, DigestCopied)->Arg(512)->Arg(1024);
BENCHMARK_TEMPLATE(hmac, MacWithNullKey)->Arg(512)->Arg(1024);
BENCHMARK_TEMPLATE(hmac, MacCopied)->Arg(512)->Arg(1024);
BENCHMARK_TEMPLATE(hmac, OneShot)->Arg(512)->Arg(1024);

// Texts of 1 KB that are wanted together, each other bytes under a key of its own; the copy into
// the arena is part of it.
template <HmacBatch::Lanes lanes>
void hmac_together(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    HmacBatch batch(lanes);
    std::vector<HmacKey> keys;
    std::vector<std::string> bodies;
    for (std::size_t i = 0; i < count; ++i) {
        keys.emplace_back(std::string(key_text) + std::to_string(i));
        bodies.push_back(body_of(1'024));
        bodies.back()[i] = '#';
    }
    const auto sign_all = [&] {
        batch.clear();
        for (std::size_t i = 0; i < count; ++i)
            batch.add(keys[i], {bodies[i]});
        batch.run();
    };
    sign_all();
    for (std::size_t i = 0; i < count; ++i) {
        const std::string key = std::string(key_text) + std::to_string(i);
        Digest expected;
        unsigned size = 0;
        HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(bodies[i]),
             bodies[i].size(), bytes_of(expected), &size);
        if (batch.digest(i) != expected) {
            state.SkipWithError("wrong digest");
            return;
        }
    }
    state.SetLabel(std::string(batch.method()));
    const std::uint64_t before = all_allocations();
    for (auto _ : state) {
        sign_all();
        benchmark::DoNotOptimize(batch.digest(count - 1));
    }
    report(state, all_allocations() - before, count);
}
BENCHMARK_TEMPLATE(hmac_together, HmacBatch::Lanes::if_any)
    ->Arg(1)
    ->Arg(2)
    ->Arg(4)
    ->Arg(8)
    ->Arg(16)
    ->Arg(64);
BENCHMARK_TEMPLATE(hmac_together, HmacBatch::Lanes::none)->Arg(1)->Arg(16);

// Everything a request needs: digest, encoding, header texts.
template <SignatureLayout layout>
void headers(benchmark::State& state) {
    const Secret secret = Secret::parse(key_text).value();
    const std::vector<Signer> signers = [&] {
        std::vector<Signer> one;
        one.push_back(Signer::make(layout, secret).value());
        return one;
    }();
    const std::string body = body_of(state.range(0));
    const SignInput input{"evt_018f3b8e-6b7a-7c3d-9d53-0a4f7f1c2b11", 1'779'705'000, body};
    std::vector<Header> out;
    sign_headers(signers, input, out);
    if (!verify(layout, {&secret, 1}, out, body, {std::chrono::seconds(0), input.timestamp})) {
        state.SkipWithError("what was signed does not verify");
        return;
    }
    const std::uint64_t before = all_allocations();
    for (auto _ : state) {
        out.clear();
        sign_headers(signers, input, out);
        benchmark::DoNotOptimize(out.data());
    }
    report(state, all_allocations() - before);
}
BENCHMARK_TEMPLATE(headers, SignatureLayout::timestamped_hex)->Arg(512)->Arg(1024);
BENCHMARK_TEMPLATE(headers, SignatureLayout::standard_webhooks)->Arg(512)->Arg(1024);

// To be called before anything else of OpenSSL. False: too late.
bool count_openssl_allocations() {
    return CRYPTO_set_mem_functions(counted_malloc, counted_realloc, plain_free) == 1;
}

}  // namespace
}  // namespace assay::notify

int main(int argc, char** argv) {
    if (!assay::notify::count_openssl_allocations()) {
        std::fputs("OpenSSL's allocations cannot be counted\n", stderr);
        return 1;
    }
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
