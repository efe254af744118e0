# Writes what the command says of itself into the folder PAGES: its manual page, and completions for bash, zsh and fish.
foreach(page "man;meshroute.1" "completion;bash;meshroute" "completion;zsh;_meshroute" "completion;fish;meshroute.fish")
  list(POP_BACK page file)
  execute_process(COMMAND ${COMMAND} ${page} OUTPUT_FILE ${PAGES}/${file} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
