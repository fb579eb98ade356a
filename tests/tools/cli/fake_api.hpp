// A server as commands see it: answers by path, from a script, over a real socket.
// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/loopback_receiver.hpp"
#include "tests/support/manual_clock.hpp"
#include "tools/cli/command.hpp"

namespace assay::testing {

// One answer; `cut`: the connection breaks behind these bytes.
struct FakeAnswer {
    int status = 200;
    std::string body;
    bool cut = false;
    std::string type = "application/json";
};

// The answers of a path are given one after the other, the last one for ever; an empty list, and a
// path nobody named, is 404.
class FakeApi {
  public:
    explicit FakeApi(std::map<std::string, std::vector<FakeAnswer>> answers)
        : answers_(std::move(answers)), receiver_([this](Peer& peer) { serve(peer); }) {}

    std::string url() const { return receiver_.url(""); }
    std::vector<ReceivedRequest> requests() const { return receiver_.requests(); }

  private:
    void serve(Peer& peer) {
        while (const auto request = peer.read_request()) {
            const FakeAnswer answer = next(request->line);
            if (answer.cut) {
                if (!answer.body.empty()) {
                    peer.send("HTTP/1.1 200 OK\r\nContent-Type: " + answer.type +
                              "\r\nContent-Length: 1000000\r\n\r\n" + answer.body);
                }
                peer.close();
                return;
            }
            peer.respond(answer.status, answer.body, "Content-Type: " + answer.type + "\r\n");
        }
    }
    FakeAnswer next(const std::string& line) {
        const std::size_t begin = line.find(' ') + 1;
        const std::string path = line.substr(begin, line.find_first_of(" ?", begin) - begin);
        const std::lock_guard lock(mutex_);
        auto& list = answers_[path];
        if (list.empty()) return {404, R"({"code":"not_found","message":"there is nothing here"})"};
        FakeAnswer answer = list.front();
        if (list.size() > 1) list.erase(list.begin());
        return answer;
    }

    std::mutex mutex_;
    std::map<std::string, std::vector<FakeAnswer>> answers_;
    LoopbackReceiver receiver_;  // last: its threads use the rest
};

// Waits by moving the clock; asks to stop after so many waits that were any time at all.
class ManualStop final : public tools::StopSource {
  public:
    ManualStop(ManualClock& clock, int waits_until_stop) : clock_(clock), left_(waits_until_stop) {}
    bool wait_for(std::chrono::milliseconds time) override {
        if (left_ <= 0) return true;
        if (time.count() == 0) return false;
        clock_.advance(time);
        return --left_ <= 0;
    }

  private:
    ManualClock& clock_;
    std::atomic<int> left_;
};

// Runs commands as a user would, on strings.
class CommandRunner {
  public:
    // `stop_after`: waits until Ctrl-C.
    int run(std::span<const tools::AddCommand> commands, std::vector<std::string> arguments,
            int stop_after = 1'000) {
        out_.str("");
        error_.str("");
        tools::CommandContext context{in_, out_, error_, clock_, random_};
        context.out_is_terminal = terminal;
        context.error_is_terminal = terminal;
        context.columns = columns;
        context.environment = [this](const std::string& name) -> std::optional<std::string> {
            const auto found = environment.find(name);
            if (found == environment.end()) return std::nullopt;
            return found->second;
        };
        context.stop_source = [this, stop_after] {
            return std::make_unique<ManualStop>(clock_, stop_after);
        };
        return tools::run_command_line(arguments, commands, context);
    }
    std::string out() const { return out_.str(); }
    std::string error() const { return error_.str(); }
    void type(const std::string& text) {
        in_.clear();
        in_.str(text);
    }

    std::map<std::string, std::string> environment;
    bool terminal = false;
    int columns = 80;

  private:
    ManualClock clock_;
    SeededRandom random_{1};
    std::istringstream in_;
    std::ostringstream out_, error_;
};

}  // namespace assay::testing
