/* A program that does nothing, linked dynamically to every library that vault is made of. */
int main(void)
{
	return 0;
}
