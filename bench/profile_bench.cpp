// Does a profile cost anything next to its signature? The headers of one request in each profile,
// beside the bare HMAC over the same body, and the body's envelope.
// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>
#include <time.h>

#include <chrono>

#include "bench/support/allocations.hpp"
#include "notify/profile/render.hpp"

namespace assay::notify {
namespace {

constexpr std::string_view key_text = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr std::string_view message_id = "evt_018f3b8e-6b7a-7c3d-9d53-0a4f7f1c2b11";
constexpr std::int64_t now = 1'779'705'000;
constexpr std::size_t data_bytes = 900;  // about 1 KB with any envelope

engine::Event published() {
    engine::Event event;
    event.seq = EventSeq{4711};
    event.id = EventId(std::string(message_id));
    event.type = "order.created";
    event.created_at = *parse_time("2026-05-25T10:30:00Z");
    event.data = R"({"id":236,"text":")" + std::string(data_bytes - 20, 'x') + R"("})";
    return event;
}

// The profile as it is, but that it takes our published event: the envelope is on trial, not the
// catalogue.
Profile open_to_all(const Profile& profile) {
    Profile open = profile;
    open.accepts_any_type = true;
    open.events.clear();
    return open;
}

Result<Rendered> body_of(const Profile& profile, const engine::Event& event) {
    RenderOptions options;
    options.source = "https://assay.example";
    options.store_id = 1;
    return render(profile, event.type, message_id, event, options, nullptr);
}

// What the dispatcher adds for a profile: the names of the message, and the signature.
void write_headers(const Profile& profile, const std::vector<Signer>& signers,
                   const SignInput& input, std::vector<Header>& out) {
    if (!profile.headers.type.empty()) out.push_back({profile.headers.type, "order.created"});
    if (!profile.headers.delivery.empty()) {
        out.push_back({profile.headers.delivery, std::string(message_id.substr(4))});
    }
    sign_headers(signers, input, out);
}

// Of this thread alone: on a busy machine wall time says little.
double cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double seconds_of_bare_hmac(std::string_view body, benchmark::IterationCount count) {
    const HmacKey key(key_text);
    const double begin = cpu_seconds();
    for (benchmark::IterationCount i = 0; i < count; ++i)
        benchmark::DoNotOptimize(key.sign({body}));
    return cpu_seconds() - begin;
}

void headers(benchmark::State& state, const Profile& built_in) {
    const Profile profile = open_to_all(built_in);
    const Result<Rendered> body = body_of(profile, published());
    const Secret secret = Secret::parse(key_text).value();
    std::vector<Signer> signers;
    signers.push_back(Signer::make(profile.signature, secret).value());
    const std::string_view bytes = body ? std::string_view(body->body) : std::string_view();
    const SignInput input{message_id, now, bytes, 4711, now};
    std::vector<Header> out;
    out.reserve(8);
    write_headers(profile, signers, input, out);
    if (!body ||
        !verify(profile.signature, {&secret, 1}, out, body->body, {std::chrono::seconds(0), now})) {
        state.SkipWithError("what was signed does not verify");
        return;
    }
    const std::uint64_t before = bench::allocations();
    const double begin = cpu_seconds();
    for (auto _ : state) {
        out.clear();
        write_headers(profile, signers, input, out);
        benchmark::DoNotOptimize(out.data());
    }
    const double whole = cpu_seconds() - begin;
    const auto count = static_cast<double>(state.iterations());
    state.counters["allocations"] = static_cast<double>(bench::allocations() - before) / count;
    const double bare = seconds_of_bare_hmac(body->body, state.iterations());
    state.counters["ns_bare_hmac"] = bare * 1e9 / count;
    state.counters["ns_beyond_hmac"] = (whole - bare) * 1e9 / count;
    state.SetItemsProcessed(state.iterations());
}

void envelope(benchmark::State& state, const Profile& built_in) {
    const Profile profile = open_to_all(built_in);
    const engine::Event event = published();
    const Result<Rendered> once = body_of(profile, event);
    if (!once || once->body.find(event.data) == std::string::npos) {
        state.SkipWithError("the data is not in the body");
        return;
    }
    for (auto _ : state)
        benchmark::DoNotOptimize(body_of(profile, event));
    state.counters["body_bytes"] = static_cast<double>(once->body.size());
    state.SetItemsProcessed(state.iterations());
}

}  // namespace
}  // namespace assay::notify

int main(int argc, char** argv) {
    using namespace assay::notify;
    for (const Profile& profile : built_in_profiles()) {
        benchmark::RegisterBenchmark(("headers/" + profile.name).c_str(),
                                     [&](benchmark::State& state) { headers(state, profile); });
        benchmark::RegisterBenchmark(("envelope/" + profile.name).c_str(),
                                     [&](benchmark::State& state) { envelope(state, profile); });
    }
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
