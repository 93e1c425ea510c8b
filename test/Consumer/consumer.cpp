// Compiles a net to a shared library and says what became of each batch
// normalisation: consumer NET.onnx NET.so
#include <kiln/Compiler/Compiler.h>

#include <iostream>

int main(int argc, char **argv) {
  kiln::Session session;
  session.setDiagnosticHandler([](const kiln::Diagnostic &diagnostic) {
    std::cerr << kiln::toString(diagnostic) << "\n";
  });
  kiln::CompileOptions options;
  options.shapes["image"] = {3, 1, 8, 8};
  kiln::Result<kiln::Net> net = session.load(argc > 2 ? argv[1] : "", options);
  if (!net)
    return 1;
  kiln::Result<kiln::Artifact> artifact = net->compile();
  if (!artifact || !artifact->writeLibrary(argv[2]))
    return 1;
  for (const kiln::FoldEntry &entry : net->foldLedger())
    std::cout << entry.name << ": " << entry.action << "\n";
}
