// How long the groups of 100,000 products take, and how much memory: of a usual batch, and of the
// worst one.
// SPDX-License-Identifier: MIT
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "engine/analysis/analysis_plan.hpp"

namespace {

using namespace assay;
using namespace assay::engine;
using Timer = std::chrono::steady_clock;

constexpr std::size_t copies_every = 5;  // each fifth product is another one, written differently

// Titles of about 70 characters over 1,000 words, some rare and some in every tenth title.
struct Title {
    std::string id, text;
};

std::uint64_t mix(std::uint64_t x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
    x = (x ^ x >> 27) * 0x94d049bb133111ebU;
    return x ^ x >> 31;
}

std::string word(std::uint64_t seed) {
    constexpr const char* syllables[] = {"ka", "lo", "mi", "ran", "tes", "bor", "vin", "dex"};
    std::string text;
    for (std::uint64_t rest = mix(seed), i = 0; i < 2 + seed % 3; ++i, rest >>= 3)
        text += syllables[rest & 7U];
    return text;
}

Title make_title(std::size_t index) {
    const bool copy = index % copies_every == 1;
    const std::size_t original = copy ? index - 1 : index;
    const std::uint64_t seed = mix(original + 1);
    const std::string brand = word(seed % 300),
                      model = "zx" + std::to_string(seed % 900'000 + 10'000) + "k";
    std::string text = brand + " " + (copy ? "" : model + " ");
    for (int i = 0; i < 5; ++i) {
        // Squared, so that a few words are in very many titles.
        const std::uint64_t draw = mix(seed + static_cast<std::uint64_t>(i)) % 1'000;
        if (!copy || i != 2) text += word(1'000 + draw * draw / 1'000) + " ";
    }
    if (copy) text += "- " + model;
    return {"product-" + std::to_string(mix(index) % 1'000'000'007) + "-" + std::to_string(index),
            text + " 64 GB"};
}

// The worst: families of fifty that share three rare words and differ in one, so that each row has
// forty-nine candidates, all of them likely.
constexpr std::size_t family_size = 50;
Title make_sibling(std::size_t index) {
    const std::size_t family = index / family_size;
    const auto letters = [](std::uint64_t number) {
        std::string text;
        for (; text.size() < 6; number /= 26)
            text += static_cast<char>('a' + number % 26);
        return text;
    };
    return {"product-" + std::to_string(index), "p" + letters(family) + " q" + letters(family) +
                                                    " r" + letters(family) + " s" + letters(index)};
}

using MakeTitle = Title (*)(std::size_t);

FeatureBlock features_of(const AnalysisPlan& plan, MakeTitle make, std::size_t from,
                         std::size_t until) {
    FeatureBlock block;
    Workspace workspace;
    for (std::size_t index = from; index < until; ++index) {
        const Title title = make(index);
        Product product;
        product.product_id = title.id;
        product.title = title.text;
        product.msrp = static_cast<MinorUnits>(1'000 + mix(index / copies_every) % 100'000);
        plan.read_features(product, index, workspace, block);
    }
    return block;
}

double seconds_since(Timer::time_point start) {
    return std::chrono::duration<double>(Timer::now() - start).count();
}

DuplicateGroups measure(const AnalysisPlan& plan, MakeTitle make, std::size_t count) {
    constexpr std::size_t threads = 2;
    const auto start = Timer::now();
    std::vector<FeatureBlock> blocks(threads);
    std::vector<std::thread> workers;
    for (std::size_t t = 0; t < threads; ++t) {
        workers.emplace_back([&, t] {
            blocks[t] = features_of(plan, make, count * t / threads, count * (t + 1) / threads);
        });
    }
    for (std::thread& worker : workers)
        worker.join();
    const double features = seconds_since(start);
    std::size_t kept = 0;
    for (const FeatureBlock& block : blocks) {
        kept += block.rows.size() * sizeof(ProductFeatures) +
                block.tokens.size() * sizeof(FeatureToken) + block.texts.size();
    }
    const auto deciding = Timer::now();
    DuplicateGroups groups = decide_duplicates(std::move(blocks), plan.tables().defaults);
    const double decision = seconds_since(deciding);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf(
        "features %.2f s on %zu threads (titles made included), decision %.2f s on one, "
        "together %.2f s\n",
        features, threads, decision, features + decision);
    std::printf("kept per product %zu bytes; peak memory of the process %ld MiB\n", kept / count,
                usage.ru_maxrss / 1024);
    return groups;
}

bool measure_usual(const AnalysisPlan& plan, std::size_t count) {
    const DuplicateGroups groups = measure(plan, make_title, count);
    std::size_t right = 0, expected = 0;
    for (std::size_t index = 1; index < count; index += copies_every) {
        const Title one = make_title(index - 1), other = make_title(index);
        ++expected;
        if (groups.find(index - 1, one.id).group == groups.find(index, other.id).group) ++right;
    }
    std::printf("%zu products, %zu copies of which %zu are found in %lld groups\n", count, expected,
                right, static_cast<long long>(groups.groups()));
    return right * 100 >= expected * 95;
}

bool measure_families(const AnalysisPlan& plan, std::size_t count) {
    const DuplicateGroups groups = measure(plan, make_sibling, count);
    std::size_t mixed = 0;  // neighbours of different families in one group
    for (std::size_t index = family_size; index < count; index += family_size) {
        const Title one = make_sibling(index - 1), other = make_sibling(index);
        if (groups.find(index - 1, one.id).group == groups.find(index, other.id).group) ++mixed;
    }
    std::printf("%zu products in families of %zu, %zu families joined\n", count, family_size,
                mixed);
    return mixed == 0;
}

}  // namespace

int main() {
    const bool smoke = std::getenv("ASSAY_BENCH_SMOKE") != nullptr;
    const std::size_t count = smoke ? 2'000 : 100'000;
    const auto plan = AnalysisPlan::make({}, *load_tables());
    if (measure_usual(*plan, count) && measure_families(*plan, count)) return 0;
    std::fprintf(stderr, "duplicates_bench: wrong answer\n");
    return 1;
}
