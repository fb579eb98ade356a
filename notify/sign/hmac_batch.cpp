// Gathers texts in one arena and signs them in groups.
// SPDX-License-Identifier: MIT
#include "notify/sign/hmac_batch.hpp"

#include <array>
#include <cassert>
#include <cstring>

#include "notify/sign/hmac_lanes.hpp"

namespace assay::notify {
namespace {

// Enough for a full group of 1 KB bodies; it stays in the second-level cache.
constexpr std::size_t arena_bytes = 64 * 1'024;
static_assert(HmacBatch::text_bytes_max <= arena_bytes);

}  // namespace

struct HmacBatch::Body {
    struct Open {
        const HmacKey* key;
        std::size_t begin, size, number;
    };
    std::unique_ptr<HmacLanes> lanes;
    std::array<Open, HmacLanes::jobs_max> open;
    std::size_t open_count = 0;
    std::size_t used = 0;
    std::array<char, arena_bytes> arena;
};

HmacBatch::HmacBatch(Lanes lanes) : body_(std::make_unique<Body>()) {
    digests_.reserve(texts_max);
    if (lanes == Lanes::if_any) body_->lanes = HmacLanes::make();
    if (body_->lanes) check_lanes();
}

HmacBatch::~HmacBatch() = default;

// Every width that is used, on lengths around the block's and the padding's edges.
void HmacBatch::check_lanes() {
    const HmacKey one("0123456789abcdef0123456789abcdef");
    const HmacKey other("another key");
    std::array<char, 600> text;
    for (std::size_t i = 0; i < text.size(); ++i)
        text[i] = static_cast<char>('a' + i % 26);
    bool right = true;
    for (std::size_t count = body_->lanes->jobs_min(); count <= HmacLanes::jobs_max; ++count) {
        const auto part = [&](std::size_t i) {
            return std::string_view(text.data(), (i * 37 + count) % text.size());
        };
        for (std::size_t i = 0; i < count; ++i)
            add(i % 2 == 0 ? one : other, {part(i)});
        run();
        for (std::size_t i = 0; i < count; ++i)
            right = right && digest(i) == (i % 2 == 0 ? one : other).sign({part(i)});
        clear();
    }
    if (!right) body_->lanes.reset();
}

std::size_t HmacBatch::add(const HmacKey& key,
                           std::initializer_list<std::string_view> parts) noexcept {
    assert(!full());
    const std::size_t number = digests_.size();
    digests_.emplace_back();
    std::size_t size = 0;
    for (const std::string_view part : parts)
        size += part.size();
    // An empty text leaves the lanes in a state that spoils what they sign afterwards.
    if (size == 0 || size > text_bytes_max || !body_->lanes) {
        digests_[number] = key.sign(parts);
        return number;
    }
    if (body_->open_count == body_->open.size() || body_->used + size > arena_bytes) run();
    body_->open[body_->open_count++] = {&key, body_->used, size, number};
    for (const std::string_view part : parts) {
        if (!part.empty()) std::memcpy(body_->arena.data() + body_->used, part.data(), part.size());
        body_->used += part.size();
    }
    return number;
}

void HmacBatch::run() noexcept {
    Body& body = *body_;
    const auto text_of = [&](const Body::Open& open) {
        return std::string_view(body.arena.data() + open.begin, open.size);
    };
    bool done = false;
    if (body.lanes && body.open_count >= body.lanes->jobs_min()) {
        std::array<LaneJob, HmacLanes::jobs_max> jobs;
        for (std::size_t i = 0; i < body.open_count; ++i) {
            const Body::Open& open = body.open[i];
            jobs[i] = {text_of(open), open.key->inner_state(), open.key->outer_state(),
                       digests_[open.number].data()};
        }
        done = body.lanes->sign({jobs.data(), body.open_count});
    }
    for (std::size_t i = 0; i < body.open_count && !done; ++i) {
        const Body::Open& open = body.open[i];
        digests_[open.number] = open.key->sign({text_of(open)});
    }
    body.open_count = 0;
    body.used = 0;
}

const Digest& HmacBatch::digest(std::size_t number) const noexcept {
    assert(number < digests_.size() && body_->open_count == 0);
    return digests_[number];
}

void HmacBatch::clear() noexcept {
    assert(body_->open_count == 0);
    digests_.clear();
}

std::string_view HmacBatch::method() const noexcept {
    return body_->lanes ? body_->lanes->name() : std::string_view("OpenSSL");
}

}  // namespace assay::notify
