// Secrets in arguments and environment: their bytes are overwritten where the kernel reads them.
// SPDX-License-Identifier: MIT
#include "tools/cli/secret_arguments.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace assay::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

// Texts in memory of their own, as main() gets them.
class Words {
  public:
    explicit Words(std::vector<std::string> words) : words_(std::move(words)) {
        for (std::string& word : words_)
            pointers_.push_back(word.data());
        pointers_.push_back(nullptr);
    }
    std::span<char* const> arguments() { return {pointers_.data(), words_.size()}; }
    char** variables() { return pointers_.data(); }
    const std::vector<std::string>& now() const { return words_; }

  private:
    std::vector<std::string> words_;
    std::vector<char*> pointers_;
};

TEST(SecretArguments, AreOverwrittenInBothWaysOfWritingThem) {
    Words words({"assay", "listen", "--secret", "whsec_abc", "--key=ak_1.x", "--port", "8090",
                 "--header", "X-A: b", "--url=https://d/1", "--secret-file", "s.txt"});
    hide_secret_arguments(words.arguments());
    EXPECT_THAT(words.now(), ElementsAre("assay", "listen", "--secret", "*********", "--key=******",
                                         "--port", "8090", "--header", "******",
                                         "--url=***********", "--secret-file", "s.txt"));
}

TEST(SecretArguments, AnOptionThatIsTheLastWordHasNoValueToHide) {
    Words words({"assay", "sign", "--secret"});
    hide_secret_arguments(words.arguments());
    EXPECT_THAT(words.now(), ElementsAre("assay", "sign", "--secret"));
    hide_secret_arguments({});
}

TEST(SecretVariables, AreTakenAndOverwrittenAndOthersAreLeftAlone) {
    Words words({"ASSAY_WEBHOOK_SECRET=whsec_a=b", "ASSAY_API_KEY=ak_1", "PATH=/bin",
                 "ASSAY_SERVER=http://x", "OTHER_SECRET=theirs", "no equals sign"});
    EXPECT_THAT(
        take_secret_variables(words.variables()),
        ElementsAre(Pair("ASSAY_API_KEY", "ak_1"), Pair("ASSAY_WEBHOOK_SECRET", "whsec_a=b")));
    EXPECT_THAT(words.now(),
                ElementsAre("ASSAY_WEBHOOK_SECRET=*********", "ASSAY_API_KEY=****", "PATH=/bin",
                            "ASSAY_SERVER=http://x", "OTHER_SECRET=theirs", "no equals sign"));
    EXPECT_TRUE(take_secret_variables(nullptr).empty());
}

}  // namespace
}  // namespace assay::tools
