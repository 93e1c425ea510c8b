# Writes a file's bytes as the inside of a C array: "0x42,0x43,...".
# cmake -DFROM=file -DTO=file -P BytesAsText.cmake
file(READ ${FROM} bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," text "${bytes}")
file(WRITE ${TO} "${text}\n")
