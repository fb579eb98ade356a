// A receiver in Node that was written from the published guides (tests/e2e/guides_receiver.mjs), as
// a process.
// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <boost/json.hpp>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace assay::testing {

class GuideReceiver {
  public:
    // Whether there is a Node to run it.
    static bool is_here();

    // Verifies with `secret` as of `now` (unix seconds).
    GuideReceiver(std::string_view secret, std::int64_t now);
    ~GuideReceiver();
    GuideReceiver(const GuideReceiver&) = delete;
    GuideReceiver& operator=(const GuideReceiver&) = delete;

    // Where it is called as `profiles` ("ztrace", "ztrace+github") and answers with `statuses`
    // ("500,204"); `name` tells apart what is otherwise the same.
    std::string url(std::string_view profiles, std::string_view statuses,
                    std::string_view name = "a") const;
    // Holds for everything that arrives afterwards.
    void set_now(std::int64_t now);
    void set_secret(std::string_view url, std::string_view secret);

    // What arrived at `url`, in order, as soon as that is `count` requests; fewer after a minute.
    std::vector<boost::json::object> requests(std::string_view url, std::size_t count);

  private:
    void read();
    void tell(const boost::json::object& what);
    std::string path_of(std::string_view url) const;

    pid_t process_ = -1;
    int input_ = -1, output_ = -1;
    std::string base_;
    std::thread reader_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<boost::json::object> rows_;  // guarded by mutex_, as the next one
    std::uint64_t told_ = 0;
    bool ready_ = false, ended_ = false;
};

}  // namespace assay::testing
