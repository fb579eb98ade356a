// A load on the dispatch path: so many signed deliveries to a receiver, and how they went.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "tools/load/percentiles.hpp"

namespace assay::tools {

struct LoadOptions {
    std::string url;                   // of the receiver, on a loopback address; it says 2xx
    std::size_t deliveries = 200'000;  // 1..10,000,000
    std::size_t body_bytes = 1'024;    // of each body on the wire; 256..1 MiB
    std::size_t endpoints = 1;         // 1..10,000, each with a secret of its own
    // Each endpoint on a loopback address of its own (127.x.y.z), so with connections of its own;
    // the receiver must listen on all of them (0.0.0.0). Needs an IPv4 loopback URL.
    bool own_addresses = false;
    // Of the endpoints, the first so many call `silent_url`, which never answers, each at a
    // loopback address of its own. They get as many deliveries as the others, on top of
    // `deliveries`. Not durable ones.
    std::size_t silent = 0;
    std::string silent_url;
    std::size_t in_flight = 64;  // requests under way to one endpoint; 1..64
    // Deliveries a second, whatever the receiver does (an open loop); 0: as fast as they go.
    double rate = 0;
    // Events are committed to a store before they are sent, and outcomes after. Every event goes to
    // every endpoint. The store's directory is made below `directory` and removed again.
    bool durable = false;
    std::filesystem::path directory;             // empty: the system's, for temporary files
    std::chrono::milliseconds patience{30'000};  // without any outcome; then it has failed
    std::string ca_bundle;                       // PEM file of further authorities, of https
};
// Errors: invalid_argument with the field.
Result<void> validate(const LoadOptions& options);

struct LoadReport {
    std::uint64_t delivered = 0;
    std::uint64_t failed = 0;       // attempts that did not end with a 2xx
    double seconds = 0;             // from the first hand-over to the last outcome
    double processor_seconds = 0;   // of this process, all threads, in that time
    std::uint64_t connections = 0;  // opened by us; 0 when durable: the receiver counts them
    std::uint64_t verified = 0;     // requests of a sample, as sent, whose signature verifies
    // Microseconds. From memory, of a sample of attempts: from sending to the answer; with a rate,
    // of all: from when the delivery was due. Durable with a rate, where the receiver is ours: from
    // when the event was due to be committed until its request had arrived.
    Percentiles latency;

    double per_second() const noexcept;
};

class FastReceiver;

// Runs the load to its end; `receiver`, where it is ours, must have got all of it, and its samples
// must verify. Errors: invalid_argument; timeout, when outcomes stay away for
// longer than `patience`, saying how many came; internal, when the receiver has fewer requests than
// were delivered or a signature does not verify; those of store and sockets.
Result<LoadReport> run_load(const LoadOptions& options, FastReceiver* receiver = nullptr);

// A body of exactly `bytes` bytes: a JSON object that says when it was due, in nanoseconds of the
// steady clock. Pure.
std::string load_body(std::size_t bytes, std::int64_t due_nanoseconds);
// What load_body() or an envelope around it says; -1: it says nothing. Pure.
std::int64_t due_of(std::string_view request) noexcept;
// The URL of endpoint `index`, under `own_addresses`: its own address from 127.1.0.0 on. Pure.
std::string own_address(std::string_view url, std::size_t index);

}  // namespace assay::tools
