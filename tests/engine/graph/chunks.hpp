// Chunks of made-up products for the graph's tests and benches.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "engine/base/clock.hpp"
#include "engine/batch/chunk.hpp"
#include "engine/graph/batch_graph.hpp"

namespace assay::testing {

inline std::string product_json(std::uint64_t index) {
    return R"({"title":"Kettle )" + std::to_string(index) +
           R"( 1.7 l","category":"Kitchen","currency":"EUR","msrp":)" +
           std::to_string(1'999 + index % 1'000) + R"(,"quantity":2})";
}

struct ChunkSpec {
    std::uint64_t first = 0;
    std::uint64_t count = 16;
    std::uint64_t fault_every = 0;  // 0: none; 5: each fifth product failed at intake
};

inline std::string make_blob(const ChunkSpec& spec) {
    engine::ChunkBuilder builder;
    for (std::uint64_t index = spec.first; index < spec.first + spec.count; ++index) {
        const std::string json = product_json(index);
        const std::string id = "p" + std::to_string(index);
        engine::IntakeItem item;
        item.index = index;
        item.product_id = id;
        item.json = json;
        if (spec.fault_every != 0 && index % spec.fault_every == 0) {
            item.fault = fail(ErrorCode::invalid_input, "is no product", "/title");
        }
        builder.append(item);
    }
    return builder.take();
}

inline engine::ChunkWork make_work(std::shared_ptr<const engine::AnalysisPlan> plan,
                                   const ChunkSpec& spec) {
    engine::ChunkWork work;
    work.plan = std::move(plan);
    work.input = make_blob(spec);
    work.first_index = static_cast<std::int64_t>(spec.first);
    work.as_of = *parse_time("2026-05-25T10:30:00Z");
    work.token = spec.first;
    return work;
}

inline std::shared_ptr<const engine::AnalysisPlan> make_plan(std::vector<std::string> only = {}) {
    auto tables = engine::load_tables();
    if (!tables) return nullptr;
    auto plan = engine::AnalysisPlan::make(only, *tables);
    if (!plan) return nullptr;
    return std::make_shared<const engine::AnalysisPlan>(std::move(*plan));
}

}  // namespace assay::testing
