//===- LossCauses.cpp - Outputs that do not fit their loss ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Causes.h"

#include "kiln/Support/Names.h"

#include <algorithm>

namespace kiln {

static Cause describeExtra(const ActivationFact &fact, const char *id,
                           const char *title, const char *loss,
                           const char *own) {
  return {id, title,
          "Output '" + escapeName(fact.other) + "' ends in '" +
              escapeName(fact.layer) + "' (" + fact.op + "), and the loss (" +
              loss + ") applies " + own +
              " itself: in training one is applied to the result of the other, "
              "and the gradients are weak.",
          "Train on the layer's input, and keep it for inference alone.", 0.99};
}

static std::optional<Cause> checkOutput(const ActivationFact &fact, Loss loss) {
  if (loss == Loss::CrossEntropy && fact.op == "softmax")
    return describeExtra(fact, "doubled-softmax",
                         "A softmax stands before a loss that has its own",
                         "--loss=ce", "log-softmax");
  if (loss == Loss::CrossEntropy && fact.op == "sigmoid")
    return describeExtra(fact, "sigmoid-before-loss",
                         "A sigmoid stands before a loss over logits",
                         "--loss=ce", "log-softmax");
  if (loss == Loss::BinaryCrossEntropyOfLogits && fact.op != "log_softmax")
    return fact.op == "sigmoid"
               ? describeExtra(fact, "sigmoid-before-loss",
                               "A sigmoid stands before a loss over logits",
                               "--loss=bce-logits", "a sigmoid")
               : describeExtra(fact, "softmax-before-loss",
                               "A softmax stands before a loss over logits",
                               "--loss=bce-logits", "a sigmoid");
  return std::nullopt;
}

std::vector<Cause> findLossCauses(const Diagnosis &diagnosis, Loss loss) {
  std::vector<Cause> causes;
  bool hasProbabilities = false;
  for (const ActivationFact &fact : diagnosis.activations) {
    if (fact.kind != ActivationFact::Kind::AtOutput)
      continue;
    hasProbabilities |= fact.op != "log_softmax";
    if (std::optional<Cause> cause = checkOutput(fact, loss))
      causes.push_back(std::move(*cause));
  }
  if (loss == Loss::BinaryCrossEntropy && !hasProbabilities)
    causes.push_back(
        {"missing-sigmoid", "The loss takes probabilities, the net gives none",
         "No output ends in a sigmoid or softmax, and binary cross entropy "
         "(--loss=bce) takes the logarithm of the output.",
         "Put a sigmoid behind the last layer, or take the loss over logits "
         "(BCEWithLogitsLoss), which is also the more exact one.",
         0.9});
  return causes;
}

} // namespace kiln
