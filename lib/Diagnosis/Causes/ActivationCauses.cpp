//===- ActivationCauses.cpp - Softmax and sigmoid where they do harm ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Causes.h"

#include "kiln/Support/Names.h"

namespace kiln {

static Cause describeDoubled(const ActivationFact &fact) {
  bool isSigmoid = fact.op == "sigmoid";
  return {isSigmoid ? "doubled-sigmoid" : "doubled-softmax",
          isSigmoid ? "A sigmoid is applied twice"
                    : "A softmax is applied twice",
          "'" + escapeName(fact.layer) + "' (" + fact.op +
              ") is applied to what '" + escapeName(fact.other) +
              "' has already turned into " +
              (isSigmoid ? "numbers between 0 and 1" : "probabilities") +
              ": the result is nearly flat, and so are its gradients.",
          "Remove one of the two; in training, losses such as PyTorch's "
          "CrossEntropyLoss and BCEWithLogitsLoss bring their own.",
          0.99};
}

static Cause describeBatchAxis(const ActivationFact &fact) {
  return {"softmax-over-batch", "A softmax runs over the batch",
          "'" + escapeName(fact.layer) + "' (" + fact.op +
              ") normalises along the dimension that holds the images: the "
              "images of a batch share one total, and an image alone is always "
              "certain.",
          "Give the class dimension: softmax(x, dim=1), or dim=-1.", 1};
}

static Cause describeAxisOfOne(const ActivationFact &fact) {
  return {"softmax-over-one", "A softmax runs over a single element",
          "'" + escapeName(fact.layer) + "' (" + fact.op +
              ") normalises along a dimension of size 1: its result is " +
              (fact.op == "softmax" ? "1" : "0") + ", whatever comes in.",
          "For one output take a sigmoid; else give the class dimension.",
          0.98};
}

std::vector<Cause> findActivationCauses(const Diagnosis &diagnosis) {
  std::vector<Cause> causes;
  for (const ActivationFact &fact : diagnosis.activations) {
    if (fact.kind == ActivationFact::Kind::Doubled)
      causes.push_back(describeDoubled(fact));
    if (fact.kind == ActivationFact::Kind::BatchAxis)
      causes.push_back(describeBatchAxis(fact));
    if (fact.kind == ActivationFact::Kind::AxisOfOne)
      causes.push_back(describeAxisOfOne(fact));
  }
  return causes;
}

} // namespace kiln
